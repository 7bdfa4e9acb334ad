import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedFile, scannedFile, scanReport } from '../../src/cli/scan/report-schema.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const FILES = join(import.meta.dirname, '../fixtures/files');
const folder = mkdtempSync(join(tmpdir(), 'sekisho-scan-'));

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
    env: { ...process.env, INIT_CWD: folder, LC_ALL: 'C' },
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

  it('tells a person of what is sensitive, and sums up', () => {
    const run = scan('deep');
    expect(run.status).toBe(0);
    expect(run.out).toContain('encrypt  deep/meibo.xlsx (xlsx; 20 persons; rule my-number)');
    expect(run.out).toContain('    My Number 20: 10********05');
    expect(run.out).not.toContain('report.docx');
    expect(run.out).toContain('4 sensitive');
    expect(run.err).toBe('');
    expect(scan('--all', 'deep').out).toContain('record   deep/report.docx (docx');
    expect(scan('--language', 'ja', 'deep').out).toContain('要注意 4 ファイル');
    expect(scan('--language', 'ja', 'nowhere').err).toContain('nowhere: ファイルが見つかりません。 (DLP_FILE_NOT_FOUND)');
  });

  it('writes reports in every form, of what it was asked for', () => {
    const run = scan('--report', 'r.html', '--report', 'r.csv', '--report', 'r.json', '--exclude', '*.zip', '--exclude', 'er', 'deep');
    expect(run.status).toBe(0);
    const report = scanReport.parse(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')));
    expect(report.files.map(({ path }) => path)).toEqual(['deep/deploy.py', 'deep/meibo.xlsx']);
    expect(report.summary).toMatchObject({
      files: 3,
      leftOut: [{ reason: 'excluded', count: 2 }],
      errors: [{ code: 'DLP_FILE_NOT_REGULAR', count: 1 }],
    });
    expect(readFileSync(join(folder, 'r.csv'), 'utf8').split('\r\n')).toHaveLength(4);
    for (const form of ['html', 'csv', 'json']) {
      expect(readFileSync(join(folder, `r.${form}`), 'utf8')).toContain('deep/meibo.xlsx');
      expect(readFileSync(join(folder, `r.${form}`), 'utf8')).not.toMatch(/\d{12}/);
    }
  });

  it('says before it begins that a report cannot be written', () => {
    const run = scan('--json', '--report', 'absent/r.html', 'deep');
    expect(run.status).toBe(2);
    expect(run.objects()).toMatchObject([{ error: { code: 'DLP_FILE_NOT_FOUND' } }]);
    expect(scan('--report', 'r.pdf', 'deep').status).toBe(2);
  });

  it('leaves a state that it cannot use as it is', () => {
    writeFileSync(join(folder, 'notes.txt'), 'my notes');
    const run = scan('--json', '--state', 'notes.txt', 'deep');
    expect(run.status).toBe(2);
    expect(run.objects()).toMatchObject([{ error: { code: 'DLP_STORE_IO' } }]);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('my notes');
    expect(existsSync(join(folder, 'notes.txt-wal'))).toBe(false);
  });

  it('gives way when asked to, and says how', () => {
    const run = scan('--low-priority', 'tsuru.txt');
    expect(run.status).toBe(0);
    expect(run.err).toMatch(/^Low priority \(processor: lowest; disk: [^)]+\)$/m);
  });

  it('has help with an example', () => {
    const run = scan('--help');
    expect(run.status).toBe(0);
    expect(run.out).toContain('Example:');
  });
});
