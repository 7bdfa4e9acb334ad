import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { name } from './detect-quality/names.ts';
import { Random } from './detect-quality/random.ts';
import { bundledWorker } from './scan-latency/bundled-worker.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const FILE_BYTES = 10_240;
const PROCESSES = 5;
const RUNS = 2000;
const ROOT = join(import.meta.dirname, '..');

/** One worker thread, from outside: a fresh one's first verdict, and those after it, on a letter of 10 KiB. */
export const bench: Bench = {
  name: 'scan-latency',
  title: `Time to a verdict on a text of ${FILE_BYTES / 1024} KiB (ms)`,
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-latency-'));
    const path = join(folder, 'letter.txt');
    writeFileSync(path, letter());
    try {
      const bundle = bundledWorker();
      if (bundle === undefined) report({ what: 'bundle skipped: npm run build first', value: 0, unit: '' });
      for (const [what, worker] of [
        ['bundle', bundle],
        ['sources', join(ROOT, 'src/inspect/worker.ts')],
      ] as const) {
        if (worker === undefined) continue;
        const cold: number[] = [];
        const processor: number[] = [];
        const warm: number[] = [];
        for (let run = 0; run < PROCESSES; run++) {
          const { stdout } = await promisify(execFile)(process.execPath, [
            join(import.meta.dirname, 'scan-latency/one.ts'),
            worker,
            path,
            `${RUNS}`,
          ]);
          const seen: { cold: number; coldProcessor: number; warm: number[] } = JSON.parse(stdout);
          cold.push(seen.cold);
          processor.push(seen.coldProcessor);
          // The first ones are before the compiler knows what is used.
          warm.push(...seen.warm.slice(RUNS / 10));
        }
        report({
          what: `${what}: first verdict, thread start included`,
          value: quantile(cold, 0.5),
          unit: 'ms',
          note: `worst of ${PROCESSES}: ${Math.max(...cold).toFixed(0)}; processor time ${quantile(processor, 0.5).toFixed(0)}`,
        });
        report({ what: `${what}: warm verdict, median`, value: quantile(warm, 0.5), unit: 'ms' });
        report({ what: `${what}: warm verdict, p99`, value: quantile(warm, 0.99), unit: 'ms', note: `of ${warm.length}` });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function letter(): string {
  const random = new Random(SEED);
  let text = '';
  while (Buffer.byteLength(text) < FILE_BYTES - 200) {
    const { family, given } = name(random);
    text += `${family} ${given} 様\n先日のお問い合わせの件、担当より 03-${random.digits(4)}-${random.digits(4)} にご連絡いたします。\n受付番号 ${random.digits(12)}、詳しくは https://www.example.jp/support をご覧ください。\n\n`;
  }
  return text;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}
