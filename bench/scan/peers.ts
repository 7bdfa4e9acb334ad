import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { patterns } from './patterns.ts';

/** Processor seconds of each run, or why there is none. */
export type Measured = readonly number[] | string;

/** Hyperscan through a small C program; the scan alone is timed, not compiling the patterns nor reading the file. */
export function runHyperscan(numbers: 'forms' | 'shapes', folder: string, file: string, runs: number): Measured {
  const program = join(folder, 'hyperscan');
  const built = spawnSync('cc', ['-O2', '-o', program, resolve(import.meta.dirname, 'hyperscan.c'), '-lhs'], { encoding: 'utf8' });
  if (built.status !== 0) return 'needs cc and libhyperscan-dev';
  const list = join(folder, 'patterns');
  writeFileSync(
    list,
    patterns(numbers)
      .map(({ caseless, source }) => `${caseless ? 'i' : '-'} ${source}\n`)
      .join(''),
  );
  const { status, stdout, stderr } = spawnSync(program, [list, file, String(runs)], { encoding: 'utf8' });
  if (status !== 0) return stderr.trim();
  return stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
}

/** ripgrep with the same patterns on one thread, counting lines. */
export function runRipgrep(numbers: 'forms' | 'shapes', folder: string, file: string, runs: number): Measured {
  if (spawnSync('rg', ['--version']).status !== 0) return 'needs ripgrep';
  const list = join(folder, 'rg-patterns');
  writeFileSync(
    list,
    patterns(numbers)
      // Its lines end there.
      .filter(({ source }) => !source.includes(String.raw`\x0a`))
      .map(({ caseless, source }) => `(?-u)${caseless ? '(?i)' : ''}${source}\n`)
      .join(''),
  );
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time rg -a -c -j1 --mmap -f "$1" "$2" >/dev/null', '-', list, file], {
      encoding: 'utf8',
    });
    const times = /^([0-9.]+) ([0-9.]+)\s*$/.exec(stderr);
    if (times === null) return stderr.trim().slice(0, 200);
    seconds.push(Number(times[1]) + Number(times[2]));
  }
  return seconds;
}

/** clamscan's own search for card and social security numbers, with a database of one signature; it hashes the file, too. */
export function runClamscan(folder: string, file: string, runs: number): Measured {
  if (spawnSync('clamscan', ['--version']).status !== 0) return 'needs clamav';
  const database = join(folder, 'clamav');
  mkdirSync(database, { recursive: true });
  writeFileSync(join(database, 'one.hdb'), '44d88612fea8a8f36de82e1278abb02f:68:Eicar\n');
  // Counts that are never reached, so that all of the file is read.
  const options = ['--no-summary', `--database=${database}`, '--max-filesize=1000M', '--max-scansize=1000M', '--detect-structured'];
  const counts = ['--structured-cc-count=100000000', '--structured-ssn-count=100000000'];
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time clamscan "$@" >/dev/null', '-', ...options, ...counts, file], {
      encoding: 'utf8',
    });
    const times = /([0-9.]+) ([0-9.]+)\s*$/.exec(timed.stderr);
    if (timed.status !== 0 || times === null) return timed.stderr.trim().slice(0, 200);
    seconds.push(Number(times[1]) + Number(times[2]));
  }
  return seconds;
}
