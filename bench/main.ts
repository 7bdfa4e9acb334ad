import { readdirSync } from 'node:fs';
import type { Bench, BenchRow } from './types.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .toSorted();
for (const file of files) {
  const { bench }: { bench: Bench } = await import(new URL(file, import.meta.url).href);
  // `--only scan` runs scan-formats and its other parts, too.
  if (only !== undefined && bench.name !== only && !bench.name.startsWith(`${only}-`)) continue;
  if (!json) process.stdout.write(`\n${bench.title}\n`);
  await bench.run((row) => process.stdout.write(`${json ? JSON.stringify({ bench: bench.name, ...row }) : line(row)}\n`));
}

function line(row: BenchRow): string {
  const figure = `${row.value.toLocaleString('en', { maximumFractionDigits: 3 })} ${row.unit}`;
  const peer =
    row.peer === undefined ? '' : `   ${row.peer} ${row.peerValue?.toLocaleString('en', { maximumFractionDigits: 3 }) ?? '-'} ${row.unit}`;
  const ratio = row.ratio === undefined ? '' : `   ratio ${row.ratio.toFixed(2)}`;
  return `  ${row.what.padEnd(48)} ${figure.padStart(18)}${peer}${ratio}${row.note === undefined ? '' : `   (${row.note})`}`;
}
