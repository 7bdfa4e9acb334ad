import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decryptFileWithoutDigest,
  encryptFile,
  encryptFileWithoutReceipt,
  formatIdentityFile,
  generateIdentity,
  verifyFile,
} from '../src/age/index.ts';
import type { Bench, BenchRow } from './types.ts';

const MIB = 1024 * 1024;
const FILE_MIB = 512;
const ROUNDS = 7;

/** File to file through the page cache, nothing synced on either side, rounds of all contestants alternated. */
export const bench: Bench = {
  name: 'encrypt',
  title: `age v1 files, ${FILE_MIB} MiB, medians of ${ROUNDS} alternated rounds`,
  async run(report) {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
    try {
      await measureSpeed(folder, report);
      await measureMemory(folder, report);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureSpeed(folder: string, report: (row: BenchRow) => void): Promise<void> {
  const path = (name: string) => join(folder, name);
  const { identity, recipient } = generateIdentity();
  await writeFile(path('key'), formatIdentityFile(identity, new Date()), { mode: 0o600 });
  await writeNoise(path('plain'));
  const peerIsThere = spawnSync('age', ['--version']).status === 0;
  const stock =
    (...args: string[]) =>
    (): Promise<void> => {
      if (spawnSync('age', args, { stdio: 'ignore' }).status !== 0) throw new Error('age failed');
      return Promise.resolve();
    };

  await convert(path('plain'), path('sealed'), (source, target) => encryptFile(source, target, [recipient]));
  const contestants: Contestant[] = [
    {
      name: 'encrypt',
      run: () => convert(path('plain'), path('out'), (source, target) => encryptFileWithoutReceipt(source, target, [recipient])),
    },
    {
      name: 'decrypt',
      run: () => convert(path('sealed'), path('out'), (source, target) => decryptFileWithoutDigest(source, target, [identity])),
    },
    {
      name: 'encrypt with receipt',
      run: () => convert(path('plain'), path('out'), (source, target) => encryptFile(source, target, [recipient])),
    },
    { name: 'SHA-256 alone', run: () => hashFile(path('plain')) },
    ...(peerIsThere
      ? [
          { name: 'age encrypt', run: stock('-r', recipient, '-o', path('out'), path('plain')) },
          { name: 'age decrypt', run: stock('-d', '-i', path('key'), '-o', path('out'), path('sealed')) },
        ]
      : []),
  ];
  const seconds = await race(contestants, () => rm(path('out'), { force: true }));
  const speed = (name: string): number | undefined => {
    const taken = seconds.get(name);
    return taken === undefined ? undefined : (FILE_MIB * MIB) / 1e6 / taken;
  };
  const rows = [
    { name: 'encrypt', peer: 'age encrypt' },
    { name: 'decrypt', peer: 'age decrypt' },
    { name: 'encrypt with receipt', peer: 'SHA-256 alone', note: 'bounded by SHA-256 in software, where the CPU has no SHA extensions' },
  ];
  for (const { name, peer, note } of rows) report(compare(name, speed(name) ?? 0, peer, speed(peer), note));
  report({ what: 'verify against the receipt', value: await measureVerify(path('plain'), path('out'), recipient), unit: 'MB/s' });
}

interface Contestant {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Median seconds by name. The first round warms up and does not count. */
async function race(contestants: readonly Contestant[], prepare: () => Promise<void>): Promise<Map<string, number>> {
  const seconds = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { name, run } of contestants) {
      await prepare();
      const start = performance.now();
      await run();
      if (round > 0) seconds.get(name)?.push((performance.now() - start) / 1000);
    }
  }
  return new Map([...seconds].map(([name, taken]) => [name, median(taken)]));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function compare(what: string, value: number, peer: string, peerValue: number | undefined, note: string | undefined): BenchRow {
  return {
    what,
    value,
    unit: 'MB/s',
    peer,
    ...(peerValue === undefined ? { note: 'the peer is not installed' } : { peerValue, ratio: value / peerValue }),
    ...(note === undefined ? {} : { note }),
  };
}

async function convert(
  from: string,
  to: string,
  work: (source: FileHandle, target: FileHandle) => Promise<{ ok: boolean; error?: unknown }>,
): Promise<void> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx');
  const result = await work(source, target);
  if (!result.ok) throw new Error('conversion failed', { cause: result.error });
}

async function hashFile(path: string): Promise<void> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256');
  for await (const part of file.createReadStream({ highWaterMark: MIB, autoClose: false })) hash.update(part as Buffer);
  hash.digest();
}

async function measureVerify(plain: string, sealed: string, recipient: string): Promise<number> {
  await rm(sealed, { force: true });
  await using source = await open(plain, 'r');
  await using target = await open(sealed, 'wx+');
  const sealing = await encryptFile(source, target, [recipient]);
  if (!sealing.ok) throw new Error(sealing.error.message);
  const start = performance.now();
  const verified = await verifyFile(target, sealing.value);
  if (!verified.ok) throw new Error(verified.error.message);
  return (FILE_MIB * MIB) / 1e3 / (performance.now() - start);
}

async function measureMemory(folder: string, report: (row: BenchRow) => void): Promise<void> {
  const small = await peakMegabytes(folder, 64);
  const large = await peakMegabytes(folder, 1024);
  report({ what: 'peak resident memory, 64 MiB', value: small, unit: 'MB' });
  report({ what: 'peak resident memory, 1 GiB', value: large, unit: 'MB', peer: 'at 64 MiB', peerValue: small, ratio: small / large });
}

/** In a process of its own, since a peak never goes down. A file of holes reads as zeros, which the cipher does not mind. */
async function peakMegabytes(folder: string, mebibytes: number): Promise<number> {
  const [plain, sealed] = [join(folder, 'holes'), join(folder, 'holes.age')];
  await writeFile(plain, '');
  await truncate(plain, mebibytes * MIB);
  await rm(sealed, { force: true });
  const script = `
    import { open } from 'node:fs/promises';
    import { encryptFile, generateIdentity } from ${JSON.stringify(new URL('../src/age/index.ts', import.meta.url).href)};
    const result = await encryptFile(await open(process.argv[1]), await open(process.argv[2], 'wx'), [generateIdentity().recipient]);
    if (!result.ok) throw new Error(result.error.message);
    process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
    process.exit(0);`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script, plain, sealed], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return Number(run.stdout);
}

async function writeNoise(path: string): Promise<void> {
  await using file = await open(path, 'wx');
  for (let part = 0; part < FILE_MIB; part += 1) await file.write(randomBytes(MIB));
}
