import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/contracts/verdict.ts';
import { csvReport } from '../../../src/cli/scan/csv-report.ts';
import { htmlReport } from '../../../src/cli/scan/html-report.ts';
import { jsonReport, type ReportSource } from '../../../src/cli/scan/json-report.ts';
import { scanReport, type ScannedFile } from '../../../src/cli/scan/report-schema.ts';
import { ResultTable } from '../../../src/cli/scan/result-table.ts';
import { Tally } from '../../../src/cli/scan/tally.ts';
import { createWords } from '../../../src/cli/scan/words.ts';
import { reportForm, writeReport } from '../../../src/cli/scan/write-report.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const HOSTILE = `data/<img src=x onerror=alert(1)>"'&amp;.xlsx`;

function file(path: string, action: Action, more: Partial<ScannedFile> = {}): ScannedFile {
  return {
    path,
    bytes: 2048,
    type: 'xlsx',
    findings: [],
    persons: 0,
    verdict: { action, rule: action === 'record' ? null : 'my-number' },
    ms: 1,
    ...more,
  };
}

const MY_NUMBER = {
  detector: 'jp.my-number',
  confidence: 'high',
  count: 3,
  distinct: 2,
  samples: ['12********18', '<b>'],
  where: [{ part: '</td><script>', sheet: '名簿', cell: 'D2' }],
  reasons: ['check-digit'],
} as const;
const FILES: readonly ScannedFile[] = [
  file('data/clean.txt', 'record'),
  file(HOSTILE, 'encrypt', {
    persons: 12,
    personsFrom: 10,
    findings: [{ ...MY_NUMBER, samples: [...MY_NUMBER.samples], where: [...MY_NUMBER.where], reasons: ['check-digit'] }],
  }),
  file('data/=HYPERLINK("x")', 'block', { persons: 3 }),
  file('secret/locked.zip', 'record', { unreadable: [{ reason: 'encrypted', where: { part: 'a.txt' } }] }),
  file('data/many.csv', 'encrypt', { persons: 500 }),
];

function source({ all = false, complete = true } = {}): ReportSource {
  const [tally, results] = [new Tally(), new ResultTable(new DatabaseSync(''), all)];
  for (const each of FILES) {
    tally.addFile(each);
    results.addFile(each);
  }
  tally.addError('DLP_FILE_PERMISSION');
  results.addError({ path: 'data/<script>closed', error: { code: 'DLP_FILE_PERMISSION', message: 'no' } });
  tally.addLeftOut('pseudo-filesystem');
  results.addLeftOut({ path: '/proc', reason: 'pseudo-filesystem', filesystem: 'proc' });
  const head: ReportSource['head'] = {
    format: 'sekisho-scan-report/1',
    version: '0.1.0',
    host: 'pc-7',
    user: '<i>hanako',
    started: '2026-11-22T03:00:00.000Z',
    ended: '2026-11-22T03:02:05.000Z',
    complete,
    paths: ['data'],
    exclude: [],
    oneFilesystem: false,
    policy: { name: 'default', title: { ja: '標準', en: 'Standard' } },
    all,
  };
  return { head, summary: tally.summary(), results };
}

const words = createWords('en');
const text = (pieces: Iterable<string>): string => [...pieces].join('');

function parseHtml(html: string): Window['document'] {
  const window = new Window({ settings: { disableJavaScriptEvaluation: true, disableCSSFileLoading: true } });
  window.document.write(html);
  return window.document;
}

describe('the report in JSON', () => {
  it('follows its schema, the most severe first', () => {
    const report = scanReport.parse(JSON.parse(text(jsonReport(source()))));
    expect(report.files.map(({ path, verdict }) => [verdict.action, path])).toEqual([
      ['block', 'data/=HYPERLINK("x")'],
      ['encrypt', 'data/many.csv'],
      ['encrypt', HOSTILE],
      ['record', 'secret/locked.zip'],
    ]);
    expect(report.folders).toEqual([{ path: 'data', files: 3, persons: 515, action: 'block' }]);
    expect(report.summary).toMatchObject({
      files: 5,
      sensitive: 3,
      persons: { from: 513, to: 515 },
      actions: { block: 1, encrypt: 2, record: 2 },
    });
    expect([report.errors.length, report.leftOut.length]).toEqual([1, 1]);
  });

  it('holds every file when asked to', () => {
    expect(scanReport.parse(JSON.parse(text(jsonReport(source({ all: true }))))).files).toHaveLength(5);
  });
});

describe('the report in CSV', () => {
  it('has a record for each file and error, with its columns named in the reader’s language', () => {
    const [head, ...records] = text(csvReport(source(), createWords('ja'))).split('\r\n');
    expect(head).toBe(
      '\u{feff}パス,判定,規則,種類,バイト数,人数（少なくとも）,人数（多くとも）,検出,例（伏せ字）,場所,確認できない理由,エラー',
    );
    expect(records[0]).toBe('"data/=HYPERLINK(""x"")",ブロック,my-number,xlsx,2048,3,3,,,,,');
    expect(records.at(-2)).toMatch(/^data\/<script>closed,,,,,,,,,,,DLP_FILE_PERMISSION$/);
    expect(records).toHaveLength(6);
  });
});

describe('the report in HTML', () => {
  it.each(['en', 'ja'] as const)('shows hostile names as text and nothing more, in %s', (language) => {
    const html = text(htmlReport(source({ complete: false }), createWords(language)));
    const document = parseHtml(html);
    expect(document.querySelectorAll('script, img, link, iframe, a, b, i, [src], [href], [onerror]')).toHaveLength(0);
    expect([...document.querySelectorAll('td.path > bdi')].map((cell) => cell.textContent)).toContain(HOSTILE);
    expect(document.body.textContent).toContain('</td><script>');
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
    expect(document.documentElement.lang).toBe(language);
    expect(document.querySelector('.notice')?.textContent).toBe(createWords(language).t('scan:report.partial'));
  });

  it('names verdicts, places and counts', () => {
    const document = parseHtml(text(htmlReport(source(), words)));
    const rows = [...document.querySelectorAll('tr')].map((row) => row.textContent?.replaceAll(/\s+/g, ' '));
    expect(rows).toContain('Block1');
    expect(rows).toContain('My Number12');
    expect(rows).toContain('Block data3515');
    expect(rows.find((row) => row?.includes('onerror'))).toContain('My Number 2: 12********18 <b> </td><script> › sheet 名簿 › cell D2');
    expect(document.querySelector('.notice')).toBeNull();
  });
});

describe('writeReport', () => {
  it('writes a whole file for its owner alone, and no other', async () => {
    const path = join(folder, 'r.json');
    expect(await writeReport(path, '.json', source(), words)).toEqual({ ok: true, value: undefined });
    expect(scanReport.safeParse(JSON.parse(readFileSync(path, 'utf8'))).success).toBe(true);
    expect(process.platform === 'win32' ? 0o600 : statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['r.json']);
  });

  it.runIf(process.platform === 'linux')('says when there is no space, and leaves nothing', async () => {
    const result = await writeReport('/proc/r.json', '.json', source(), words);
    expect(result).toMatchObject({ ok: false });
    expect(await writeReport(join(folder, 'absent/r.json'), '.json', source(), words)).toMatchObject({
      error: { code: 'DLP_FILE_NOT_FOUND' },
    });
  });

  it.each([
    ['a.html', '.html'],
    ['A.CSV', '.csv'],
    ['a.json', '.json'],
    ['a.pdf', null],
    ['html', null],
  ])('%s is %s', (path, form) => expect(reportForm(path)).toBe(form));
});
