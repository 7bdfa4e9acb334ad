import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeDocument, writeWorkbook } from './scan-formats/samples.ts';
import type { Bench } from './types.ts';

const ROWS = 100_000;
const COLUMNS = 20;
const PAGES = 300;
const RUNS = 3;
const PROGRAM = join(import.meta.dirname, 'scan-formats/one.ts');

interface Run {
  readonly millis: number;
  readonly mebibytes: number;
  readonly seen: string;
}

/** Ours, with the worker's start in `inspect`, of the installed program (`npm run build` first); peers with their own start. Medians of alternated runs, a process each. */
export const bench: Bench = {
  name: 'scan-formats',
  title: `Documents: xlsx of ${ROWS} rows x ${COLUMNS} columns, docx and pdf of ${PAGES} pages (ms)`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-formats-'));
    try {
      const workbook = join(folder, 'list.xlsx');
      const document = join(folder, 'report.docx');
      writeWorkbook(workbook, ROWS, COLUMNS);
      writeDocument(document, PAGES);
      const office = has('soffice');
      await compare(workbook, 'xlsx', office ? ['libreoffice to csv', () => convert('csv', workbook, folder)] : undefined);
      await compare(document, 'docx', undefined);
      if (!office || !has('pdftotext')) return report({ what: 'pdf skipped: no LibreOffice or pdftotext', value: 0, unit: '' });
      convert('pdf', document, folder);
      const pdf = join(folder, 'report.pdf');
      await compare(pdf, 'pdf', ['pdftotext', () => execFileSync('pdftotext', [pdf, join(folder, 'out.txt')])]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }

    async function compare(path: string, type: string, peer: readonly [string, () => unknown] | undefined): Promise<void> {
      const [inspections, extractions, peers]: [Run[], Run[], number[]] = [[], [], []];
      for (let run = 0; run < RUNS; run++) {
        if (peer !== undefined) peers.push(timed(peer[1]));
        inspections.push(await one('inspect', path));
        extractions.push(await one('extract', path));
      }
      const [inspection, extraction] = [median(inspections), median(extractions)];
      const compared = (value: number) =>
        peer === undefined ? {} : { peer: peer[0], peerValue: middle(peers), ratio: middle(peers) / value };
      const size = `${(statSync(path).size / 1e6).toFixed(1)} MB`;
      report({
        what: `${type} inspected, cold worker`,
        value: inspection.millis,
        unit: 'ms',
        ...compared(inspection.millis),
        note: `${size}; ${inspection.seen}`,
      });
      report({
        what: `${type} extracted, cold`,
        value: extraction.millis,
        unit: 'ms',
        ...compared(extraction.millis),
        note: extraction.seen,
      });
      report({
        what: `${type}, most memory of the whole process`,
        value: inspection.mebibytes,
        unit: 'MiB',
        note: `extraction alone ${extraction.mebibytes.toFixed(0)} MiB`,
      });
    }
  },
};

async function one(what: 'inspect' | 'extract', path: string): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, what, path]);
  const { millis, mebibytes, seen }: { millis: number[]; mebibytes: number; seen: string } = JSON.parse(stdout);
  return { millis: millis[0] ?? Number.NaN, mebibytes, seen };
}

function convert(target: string, path: string, folder: string): void {
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  execFileSync('soffice', [profile, '--headless', '--convert-to', target, '--outdir', folder, path], { stdio: 'ignore' });
}

function has(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function median(runs: readonly Run[]): Run {
  return runs.toSorted((a, b) => a.millis - b.millis)[runs.length >> 1] ?? { millis: Number.NaN, mebibytes: Number.NaN, seen: '' };
}
