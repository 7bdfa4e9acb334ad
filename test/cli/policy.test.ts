import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerPolicy } from '../../src/cli/commands/policy.ts';
import { verifyRelease } from '../../src/policy/index.ts';
import { newPolicyKeys } from '../policy/keys.ts';
import { RECIPIENT } from '../policy/releases.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const shipped = fileURLToPath(new URL('../../policies/', import.meta.url));
const keys = newPolicyKeys();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-cli-policy-'));
  writeFileSync(join(folder, 'bad.yaml'), BAD);
  mkdirSync(join(folder, 'org', 'releases'), { recursive: true });
  writeFileSync(join(folder, 'org', 'organisation.json'), '{}');
  writeFileSync(join(folder, 'org', 'policy.key'), keys.privateKeyPem);
  writeFileSync(join(folder, 'org', 'policy.pub'), keys.publicKeyPem);
  writeFileSync(join(folder, 'org', 'recipients.txt'), `${RECIPIENT}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BAD = `format: sekisho-policy/1
name: bad
title: { ja: 悪い例, en: Bad }
rules:
  - id: one
    when: [{ findings: [{ detector: jp.mynumber }] }]
    action: block
`;

interface Run {
  readonly code: number | null | undefined;
  readonly out: string;
  readonly err: string;
}

/** The command in this process: a process of its own for each call would take the suite a minute. */
async function sekisho(...args: string[]): Promise<Run> {
  const written = { out: '', err: '' };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.err += String(text)), true)),
  ];
  vi.stubEnv('INIT_CWD', folder);
  vi.stubEnv('LC_ALL', 'C.UTF-8');
  const program = new Command('sekisho').exitOverride();
  registerPolicy(program);
  try {
    await program.parseAsync(['policy', ...args], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...written };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode, ...written };
  } finally {
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('sekisho policy check', () => {
  it('finds nothing wrong with the shipped ones', async () => {
    const files = ['default', 'practice', 'audit-only'].map((name) => `${shipped}${name}.yaml`);
    const { code, out } = await sekisho('check', ...files);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(3);
  });

  it('names file, line and column, in both languages, and ends with 1', async () => {
    expect(await sekisho('check', 'bad.yaml')).toEqual({
      code: 1,
      out: 'bad.yaml:6:37: there is no detector "jp.mynumber" (did you mean "jp.my-number"?)\n',
      err: '',
    });
    expect((await sekisho('check', 'bad.yaml', '--language', 'ja')).out).toContain('bad.yaml:6:37: 検出器「jp.mynumber」はありません');
  });

  it('gives one JSON object a file', async () => {
    const [good, bad] = jsonLines((await sekisho('check', '--json', `${shipped}default.yaml`, 'bad.yaml')).out);
    expect(good).toMatchObject({ ok: true, problems: [] });
    expect(bad).toMatchObject({ file: 'bad.yaml', ok: false, problems: [{ code: 'unknown-detector', line: 6, column: 37 }] });
  });

  it('ends with 2 when a file is not there, and goes on with the others', async () => {
    const { code, out, err } = await sekisho('check', 'nowhere.yaml', 'bad.yaml');
    expect(code).toBe(2);
    expect(err).toContain('nowhere.yaml: The file is not there.');
    expect(out).toContain('bad.yaml:6:37');
  });
});

describe('sekisho policy test', () => {
  it('passes the shipped cases', async () => {
    const { code, out } = await sekisho('test', `${shipped}default.yaml`, '--json');
    expect(code).toBe(0);
    expect(jsonLines(out)[0]).toMatchObject({ failed: 0, untested: [] });
  });

  it('ends with 1 and shows what came instead', async () => {
    const cases =
      'format: sekisho-policy-cases/1\nfiles:\n  - title: wrong\n    file: { path: a.txt }\n    expect: { action: block, rule: secrets }\n';
    writeFileSync(join(folder, 'wrong.yaml'), cases);
    const { code, out } = await sekisho('test', `${shipped}default.yaml`, '--cases', 'wrong.yaml');
    expect(code).toBe(1);
    expect(out).toContain('FAILED wrong: expected block (rule secrets), got record (default)');
    expect(out).toContain('no case for the rule my-number');
    expect(out).toContain('0 passed, 1 failed');
  });

  it('shows the mistakes of a cases file with their place', async () => {
    writeFileSync(join(folder, 'typo.yaml'), 'format: sekisho-policy-cases/1\nfile: []\n');
    const { code, err } = await sekisho('test', `${shipped}default.yaml`, '--cases', 'typo.yaml');
    expect(code).toBe(1);
    expect(err).toContain('typo.yaml:2:1: unknown key "file" (did you mean "files"?)');
  });
});

describe('sekisho policy sign and show', () => {
  const releases = () => readdirSync(join(folder, 'org', 'releases')).toSorted();

  it('counts versions up, keeps every release and makes what an agent accepts', async () => {
    expect((await sekisho('sign', `${shipped}default.yaml`, '--org', 'org')).code).toBe(0);
    const second = await sekisho('sign', `${shipped}audit-only.yaml`, '--org', 'org', '-o', 'out.json', '--json');
    expect(jsonLines(second.out)[0]).toMatchObject({ name: 'audit-only', version: 2 });
    expect(releases()).toEqual(['000001-default.dsse.json', '000002-audit-only.dsse.json']);
    const text = readFileSync(join(folder, 'out.json'), 'utf8');
    expect(text).toBe(readFileSync(join(folder, 'org', 'releases', '000002-audit-only.dsse.json'), 'utf8'));
    const verified = verifyRelease(text, { publicKeyPem: keys.publicKeyPem, now: new Date() });
    expect(verified).toMatchObject({
      ok: true,
      value: { reference: { name: 'audit-only', version: 2 }, release: { recipients: [RECIPIENT] } },
    });
  });

  it('refuses a version number that is not new, a policy with mistakes and an odd duration', async () => {
    const before = releases();
    expect(await sekisho('sign', `${shipped}default.yaml`, '--org', 'org', '--release-version', '2')).toMatchObject({ code: 2 });
    expect(await sekisho('sign', 'bad.yaml', '--org', 'org')).toMatchObject({ code: 1 });
    expect(await sekisho('sign', `${shipped}default.yaml`, '--org', 'org', '--valid', 'ever')).toMatchObject({ code: 2 });
    expect((await sekisho('sign', `${shipped}default.yaml`, '--org', 'nowhere')).err).toContain('DLP_ORG_MISSING');
    expect(releases()).toEqual(before);
  });

  it('shows a policy and a release, and says whether the signature holds', async () => {
    const release = join('org', 'releases', '000001-default.dsse.json');
    expect((await sekisho('show', `${shipped}default.yaml`, '--language', 'ja')).out).toContain(
      'encrypt   my-number – 個人番号（マイナンバー）',
    );
    expect((await sekisho('show', release)).out).toContain('not checked');
    expect(await sekisho('show', release, '--key', join('org', 'policy.pub'))).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'other.pub'), newPolicyKeys().publicKeyPem);
    const refused = await sekisho('show', release, '--key', 'other.pub', '--json');
    expect(refused.code).toBe(1);
    expect(jsonLines(refused.out)[0]).toMatchObject({ signature: 'DLP_POLICY_SIGNATURE', release: { version: 1 } });
  });
});

describe('sekisho policy explain', () => {
  beforeAll(() => writeFileSync(join(folder, 'tax.txt'), '個人番号: 123456789018\n'));

  it('says for a real file which rule decided and which conditions failed', async () => {
    const { code, out } = await sekisho('explain', '--policy', `${shipped}default.yaml`, 'tax.txt');
    expect(code).toBe(0);
    expect(out).toContain('tax.txt: encrypt (rule my-number)');
    expect(out).toContain('+ findings: asked detector jp.my-number, found detector jp.my-number, distinct 1');
    expect(out).toContain('- persons: asked at-least 1000');
    expect(out).not.toContain('123456789018');
    const japanese = await sekisho('explain', '--policy', `${shipped}default.yaml`, '--language', 'ja', 'tax.txt');
    expect(japanese.out).toContain('+ my-number 個人番号（マイナンバー） [encrypt] この規則で決まりました');
  });

  it('explains the device too, and goes on after a file that is not there', async () => {
    const args = ['--policy', `${shipped}my-number-strict.yaml`, '--json', 'nowhere.txt', 'tax.txt'];
    const { code, out } = await sekisho('explain', ...args);
    expect(code).toBe(2);
    const [missing, explained] = jsonLines(out);
    expect(missing).toMatchObject({ error: { code: 'DLP_FILE_NOT_FOUND' } });
    expect(explained).toMatchObject({
      path: 'tax.txt',
      verdict: { action: 'block', rule: 'my-number' },
      volume: { decision: { treatment: 'block', rule: 'no-serial' } },
    });
    const known = await sekisho('explain', '--serial', 'A1', ...args.slice(0, 3), 'tax.txt');
    expect(jsonLines(known.out)[0]).toMatchObject({ volume: { decision: { treatment: 'guard' } } });
  });
});

it('every subcommand has help with an example', async () => {
  for (const command of ['check', 'test', 'sign', 'show', 'explain']) {
    const { code, out } = await sekisho(command, '--help');
    expect({ command, code }).toEqual({ command, code: 0 });
    expect(out).toContain(`Example:\n  sekisho policy ${command}`);
  }
});

it('as a process of its own: paths from where it was called, exit code 1 for a mistake', () => {
  const environment = { ...process.env, INIT_CWD: folder, LC_ALL: 'ja_JP.UTF-8' };
  const run = spawnSync(process.execPath, [main, 'policy', 'check', 'bad.yaml'], { env: environment, encoding: 'utf8' });
  expect(run.status).toBe(1);
  expect(run.stdout).toContain('bad.yaml:6:37: 検出器');
});
