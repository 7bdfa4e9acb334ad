import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { finding } from '../../src/contracts/finding.ts';
import { action } from '../../src/contracts/verdict.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const FILES = join(import.meta.dirname, '../fixtures/files');
const folder = mkdtempSync(join(tmpdir(), 'sekisho-scan-'));

const scannedFile = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  type: z.string(),
  findings: z.array(finding),
  persons: z.int(),
  personsFrom: z.int().optional(),
  unreadable: z.array(z.looseObject({ reason: z.string() })).optional(),
  verdict: z.strictObject({ action, rule: z.string().nullable() }),
  ms: z.number(),
});
const failedFile = z.strictObject({ path: z.string(), error: z.strictObject({ code: z.string(), message: z.string() }) });

beforeAll(() => {
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  for (const name of ['meibo.xlsx', 'report.docx', 'password.zip', 'deploy.py']) cpSync(join(FILES, name), join(folder, 'deep', name));
  cpSync(join(FILES, 'meibo-shift-jis.csv'), join(folder, 'deep/er/a\nb.csv'));
  symlinkSync('/etc', join(folder, 'deep/link'));
  writeFileSync(
    join(folder, 'warn.yaml'),
    'format: sekisho-policy/1\nname: warn\ntitle: { ja: 警告, en: Warn }\nkeywords: [{ id: tsuru, words: [鶴計画] }]\nrules: [{ id: tsuru, when: [{ findings: [{ detector: custom.tsuru }] }], action: warn }]\n',
  );
  writeFileSync(join(folder, 'bad.yaml'), 'format: sekisho-policy/1\nname: bad\nrules: 3\n');
  writeFileSync(join(folder, 'tsuru.txt'), '鶴計画について\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...args: string[]) {
  const run = spawnSync(process.execPath, [MAIN, 'scan', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: folder },
  });
  return {
    status: run.status,
    out: run.stdout,
    err: run.stderr,
    objects: () =>
      run.stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
  };
}

describe('sekisho scan', () => {
  it('prints one object for each file below a folder, in order of name', () => {
    const run = scan('--json', 'deep');
    expect(run.status).toBe(0);
    const objects = run.objects();
    const files = objects.flatMap((object) => scannedFile.safeParse(object).data ?? []);
    expect(files.map(({ path, verdict, persons }) => [path, verdict.action, verdict.rule, persons])).toEqual([
      ['deep/deploy.py', 'block', 'secrets', 0],
      ['deep/er/a\\u{000A}b.csv', 'encrypt', 'my-number', 20],
      ['deep/meibo.xlsx', 'encrypt', 'my-number', 20],
      ['deep/password.zip', 'encrypt', 'unreadable', 0],
      ['deep/report.docx', 'record', null, 0],
    ]);
    const failures = objects.flatMap((object) => failedFile.safeParse(object).data ?? []);
    expect(failures).toEqual([
      { path: 'deep/link', error: { code: 'DLP_FILE_NOT_REGULAR', message: 'This is a link; links are not followed.' } },
    ]);
    expect(objects).toHaveLength(files.length + failures.length);
  });

  it('shows no whole number anywhere', () => {
    const run = scan('--json', 'deep/meibo.xlsx');
    expect(run.out).not.toMatch(/\d{12}/);
    expect(run.out).toContain('10********05');
    expect(scan('deep/meibo.xlsx').out).not.toMatch(/\d{12}/);
  });

  it.each([
    ['encrypt', 'deep/report.docx', 0],
    ['encrypt', 'deep/meibo.xlsx', 1],
    ['block', 'deep/meibo.xlsx', 0],
    ['sometimes', 'deep/meibo.xlsx', 2],
  ])('with --fail-on %s and %s exits with %d', (least, path, status) => expect(scan('--fail-on', least, path).status).toBe(status));

  it('decides by the policy given, with its own keywords', () => {
    const run = scan('--json', '--policy', 'warn.yaml', 'tsuru.txt');
    expect(scannedFile.parse(run.objects()[0])).toMatchObject({
      findings: [{ detector: 'custom.tsuru' }],
      verdict: { action: 'warn', rule: 'tsuru' },
    });
  });

  it('says what it could not do', () => {
    const missing = scan('--json', 'absent.txt', 'tsuru.txt');
    expect(missing.status).toBe(2);
    expect(failedFile.parse(missing.objects()[0])).toMatchObject({ path: 'absent.txt', error: { code: 'DLP_FILE_NOT_FOUND' } });
    expect(scannedFile.safeParse(missing.objects()[1]).success).toBe(true);
  });

  it('says where a policy is wrong', () => {
    const bad = scan('--policy', 'bad.yaml', 'tsuru.txt');
    expect(bad.status).toBe(2);
    expect(bad.err).toContain('bad.yaml:3:');
  });

  it.each([[['--jobs', '0', 'tsuru.txt']], [[]]])('refuses the arguments %j', (args) => expect(scan(...args).status).toBe(2));

  it('has help with an example', () => {
    const run = scan('--help');
    expect(run.status).toBe(0);
    expect(run.out).toContain('Example:');
  });
});
