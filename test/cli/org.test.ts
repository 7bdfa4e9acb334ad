import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sekisho } from '../../scripts/practice/sekisho.ts';
import { temporaryFolder } from '../collector/support.ts';

describe('sekisho org init', () => {
  const folder = join(temporaryFolder('cli'), 'org');

  it('makes the folder and says what to take offline', async () => {
    const made = await sekisho(['org', 'init', '--name', 'Example KK', folder]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain(`Take ${join(folder, 'recovery.identity')} offline now`);
    expect(readdirSync(folder)).toContain('ca.crt');
  });

  it('refuses to do it twice, with exit code 2 and the code of the catalogue', async () => {
    const before = readFileSync(join(folder, 'policy.key'), 'utf8');
    const again = await sekisho(['org', 'init', '--name', 'Another', folder, '--json']);
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'DLP_ORG_EXISTS' } });
    expect(readFileSync(join(folder, 'policy.key'), 'utf8')).toBe(before);
  });

  it('has help with an example', async () => {
    const help = await sekisho(['org', 'init', '--help']);
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toContain('Example:\n  sekisho org init');
  });
});
