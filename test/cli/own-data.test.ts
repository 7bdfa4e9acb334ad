import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { finding } from '../../src/contracts/finding.ts';
import { parsePolicy } from '../../src/policy/index.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const FILES = join(import.meta.dirname, '../fixtures/files');
const folder = mkdtempSync(join(tmpdir(), 'sekisho-own-data-'));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: folder, LANG: 'C.UTF-8' },
  });
  return { status, out: stdout, err: stderr };
}

const put = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const built = z.looseObject({ file: z.string(), sha256: z.string(), bytes: z.int() });
const builtEdm = built.extend({
  key: z.string(),
  rows: z.int(),
  skipped: z.int(),
  columns: z.array(z.object({ name: z.string(), kind: z.string() })),
});
const builtPrints = built.extend({ documents: z.array(z.string()), passages: z.int() });
const scanned = z.looseObject({
  findings: z.array(finding),
  persons: z.int(),
  unreadable: z.array(z.looseObject({ reason: z.string() })).optional(),
  verdict: z.looseObject({ action: z.string(), rule: z.string().nullable() }),
});

const PLAN =
  '新製品「鶴」は来年四月に発売する。価格は一台あたり四万八千円とし、初年度に三万台を見込む。部品は大阪の工場で組み立て、電池は海外の会社から買う。競合他社の発表より先に、三月の展示会で試作機を見せる予定である。';

// A list as a Japanese business program exports it: Shift_JIS, 1,000 rows, with a heading behind a title.
const LIST_ROWS = Array.from({ length: 1000 }, (_, row) => {
  const phone = `090-${String(1000 + row).padStart(4, '0')}-${String(9999 - row)}`;
  return { id: `K-${10_000 + row * 3}`, phone, mail: `u${row}@example.jp` };
});

let edm: z.infer<typeof builtEdm>;
let prints: z.infer<typeof builtPrints>;

function policyText(more = ''): string {
  return `format: sekisho-policy/1
name: own
title: { ja: 自社データ, en: Own data }
patterns:
  - { id: employee, regex: 'EMP-\\d{6}', context: [社員番号], near: 50 }
own-data:
  - { id: customers, kind: exact-data, file: ${edm.file}, sha256: '${edm.sha256}', key: '${edm.key}', columns: 1 }
  - { id: plan, kind: fingerprint, file: ${prints.file}, sha256: '${prints.sha256}' }
rules:
  - { id: unseen, when: [{ unreadable: [index-missing] }], action: block }
  - { id: list, when: [{ findings: [{ detector: custom.customers, at-least: 3 }] }], action: encrypt }
  - { id: plan, when: [{ findings: [{ detector: custom.plan }] }], action: block }
  - { id: employee, when: [{ findings: [{ detector: custom.employee }] }], action: warn }
  - { id: secret, when: [{ label: ['*極秘*', '*Secret*'] }], action: justify }
${more}`;
}

beforeAll(() => {
  const lines = ['会員番号,電話,メール', ...LIST_ROWS.map(({ id, phone, mail }) => `${id},${phone},${mail}`)];
  put('customers.csv', lines.join('\r\n'));
  edm = builtEdm.parse(
    JSON.parse(
      run(
        'edm',
        'build',
        '--table',
        'customers.csv',
        '--columns',
        '電話,会員番号,メール',
        '--primary',
        '会員番号',
        '--key',
        'edm.key',
        '-o',
        'customers.edm',
        '--json',
      ).out,
    ),
  );
  put('plan.txt', `${PLAN}\n`);
  cpSync(join(FILES, 'report.docx'), join(folder, 'report.docx'));
  prints = builtPrints.parse(JSON.parse(run('fingerprint', 'build', 'plan.txt', 'report.docx', '-o', 'secret.fpr', '--json').out));
  put('own.yaml', policyText());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(name: string, text?: string | Uint8Array, policy = 'own.yaml') {
  if (text !== undefined) put(name, text);
  const { out, err, status } = run('scan', '--json', '--all', '--policy', policy, name);
  if (status === 2) throw new Error(err + out);
  const report: unknown = JSON.parse(out.trim().split('\n')[0] ?? '');
  return scanned.parse(report);
}

describe('sekisho edm build', () => {
  it('says what it made, and keeps its key for the owner', () => {
    expect(edm).toMatchObject({
      rows: 1000,
      skipped: 0,
      columns: [
        { name: '会員番号', kind: 'code' },
        { name: '電話', kind: 'number' },
        { name: 'メール', kind: 'email' },
      ],
    });
    expect(readFileSync(join(folder, 'edm.key'), 'utf8').trim()).toBe(edm.key);
    expect(statSync(join(folder, 'edm.key')).mode & 0o777).toBe(0o600);
  });

  it('reads a spreadsheet too, with the key that is there', () => {
    cpSync(join(FILES, 'meibo.xlsx'), join(folder, 'meibo.xlsx'));
    const sheet = run(
      'edm',
      'build',
      '--table',
      'meibo.xlsx',
      '--columns',
      '氏名,電話番号',
      '--primary',
      '電話番号',
      '--key',
      'edm.key',
      '-o',
      'meibo.edm',
    );
    expect(sheet.out + sheet.err).toMatch(/^20 rows, \d+ bytes/);
    expect(sheet.out).toContain(`key: "${edm.key}"`);
  });

  it.each([
    [['--columns', '会員番号,住所', '--primary', '会員番号'], 'DLP_OWN_DATA_SOURCE', /the first row is: 会員番号, 電話, メール/],
    [['--columns', '会員番号', '--primary', '電話'], 'DLP_CLI_USAGE', /電話 is not among --columns/],
    [['--columns', '会員番号:digits', '--primary', '会員番号'], 'DLP_CLI_USAGE', /a kind is one of number/],
  ])('refuses %j', (args, code, message) => {
    const { status, err } = run('edm', 'build', '--table', 'customers.csv', ...args, '--key', 'edm.key', '-o', 'none.edm');
    expect(status).toBe(2);
    expect(err).toContain(code);
    expect(err).toMatch(message);
  });
});

describe('sekisho fingerprint build', () => {
  it('says what it made, and why it made nothing', () => {
    expect(prints.documents).toEqual(['plan.txt', 'report.docx']);
    put('short.txt', 'short\n');
    const { status, err } = run('fingerprint', 'build', 'short.txt', '-o', 'none.fpr');
    expect([status, err.includes('DLP_OWN_DATA_SOURCE')]).toEqual([2, true]);
    expect(run('fingerprint', 'build', 'plan.txt', 'nowhere.txt', '-o', 'none.fpr').err).toMatch(/nowhere\.txt: .* \(DLP_FILE_NOT_FOUND\)/);
  });
});

describe('sekisho scan with own data', () => {
  const [one, two, three] = LIST_ROWS;

  it('finds customers in a letter, and counts them as persons', () => {
    const letter = [one, two, three].map((row) => `${row?.id} 様 お電話 ${row?.phone.replaceAll('-', '')}`).join('\n');
    const seen = scan('letter.txt', letter);
    expect(seen.findings.find(({ detector }) => detector === 'custom.customers')).toMatchObject({ distinct: 3, confidence: 'high' });
    expect(seen).toMatchObject({ verdict: { action: 'encrypt', rule: 'list' }, persons: 3 });
    expect(JSON.stringify(seen)).not.toContain(one?.phone.slice(4));
  });

  it('does not take strangers for customers', () => {
    const seen = scan(
      'strangers.csv',
      `会員番号,電話\n${Array.from({ length: 50 }, (_, row) => `K-${90_000 + row},0801111${2000 + row}`).join('\n')}\n`,
    );
    expect(seen.findings.filter(({ detector }) => detector.startsWith('custom.'))).toEqual([]);
  });

  it('finds a passage of the plan in a text set anew, and one of a docx', () => {
    const seen = scan('mail.txt', `お世話になっております。\n${PLAN.replaceAll(/(.{17})/g, '$1\r\n> ')}\n`);
    expect(seen.findings.find(({ detector }) => detector === 'custom.plan')).toMatchObject({ count: 1, reasons: ['fingerprint'] });
    expect(seen.verdict).toMatchObject({ action: 'block', rule: 'plan' });
    expect(scan('report.docx').verdict).toMatchObject({ rule: 'plan' });
  });

  it('finds patterns by their context, and labels', () => {
    expect(scan('employee.txt', '社員番号: EMP-123456\n').verdict).toMatchObject({ action: 'warn', rule: 'employee' });
    expect(scan('order.txt', 'order EMP-123456\n').verdict).toMatchObject({ rule: null });
    cpSync(join(FILES, 'labelled.docx'), join(folder, 'labelled.docx'));
    const inspected = run('policy', 'explain', '--policy', 'own.yaml', '--language', 'en', 'labelled.docx');
    expect(inspected.out).toMatch(/label: asked .*, found /);
  });

  it('does not begin without an index that the policy names', () => {
    put('changed.yaml', policyText().replace(prints.sha256, 'a'.repeat(64)));
    const { status, err, out } = run('scan', '--policy', 'changed.yaml', 'plan.txt');
    expect(status).toBe(2);
    expect(err + out).toMatch(/changed\.yaml:8:\d+: the index "secret\.fpr" cannot be used: its SHA-256 is not the one the policy names/);
  });
});

describe('sekisho policy check', () => {
  it('looks at the indexes too, in both languages', () => {
    expect(run('policy', 'check', '--language', 'en', 'own.yaml')).toMatchObject({ status: 0 });
    put(
      'gone.yaml',
      policyText()
        .replace('customers.edm', 'gone.edm')
        .replace(`key: '${edm.key}'`, `key: '${'0'.repeat(32)}'`),
    );
    const japanese = run('policy', 'check', '--language', 'ja', 'gone.yaml');
    expect(japanese).toMatchObject({ status: 1 });
    expect(japanese.out).toContain('索引「gone.edm」を使えません（ファイルがないか、読めません）');
    put('key.yaml', policyText().replace(`key: '${edm.key}'`, `key: '${'0'.repeat(32)}'`));
    expect(run('policy', 'check', '--language', 'en', 'key.yaml').out).toContain('it was built with another key');
    put('columns.yaml', policyText().replace('columns: 1', 'columns: 5'));
    expect(run('policy', 'check', '--language', 'en', 'columns.yaml').out).toContain('it has 2 columns beside the primary one, not 5');
  });
});

describe('sekisho policy explain', () => {
  it('says in words why own data was found', () => {
    const [one] = LIST_ROWS;
    put('letter-one.txt', `${one?.id} ${one?.phone}\n`);
    const japanese = run('policy', 'explain', '--policy', 'own.yaml', '--language', 'ja', 'letter-one.txt').out;
    expect(japanese).toContain('custom.customers 1');
    expect(japanese).toContain('自社の名簿にある値');
    expect(run('policy', 'explain', '--policy', 'own.yaml', '--language', 'en', 'letter-one.txt').out).toContain(
      'it is in a table of your own data',
    );
  });
});

it('the examples of docs/spec/own-data.md are good policy', () => {
  const page = readFileSync(new URL('../../docs/spec/own-data.md', import.meta.url), 'utf8');
  const blocks = Array.from(page.matchAll(/```yaml\n([^`]+)```/g), ([, block = '']) => block);
  expect(blocks).toHaveLength(4);
  for (const block of blocks) {
    expect(parsePolicy(`format: sekisho-policy/1\nname: x\ntitle: { ja: x, en: x }\nrules: []\n${block}`)).toMatchObject({ ok: true });
  }
});
