import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { generateIdentity } from '../src/age/index.ts';
import { inspectionLimits } from '../src/core/policy/inspection-limits.ts';
import { createInspector } from '../src/inspect/index.ts';
import { parsePolicy } from '../src/policy/index.ts';
import type { Bench, BenchRow } from './types.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
/** `GUARD_MIB=64` for a quick look. */
const LARGE_MIB = Number(process.env['GUARD_MIB'] ?? 1024);
const SMALL_FILES = Number(process.env['GUARD_FILES'] ?? 5000);
/** What the large file is full of: `GUARD_KINDS=random,csv,text`. */
const KINDS = (process.env['GUARD_KINDS'] ?? 'random,csv').split(',').filter(isKind);
const SMALL_BYTES = 4096;
const WRITERS = 4;
const PROGRAM = resolve(import.meta.dirname, '../bin/sekisho.js');

const policy = (rule: string): string => `format: sekisho-policy/1
name: bench
title: { ja: 計測, en: Bench }
description: { ja: 計測, en: Bench }
devices: { default: guard }
rules: []
default: ${rule}
`;

/** What a copy to a guarded stick costs beside the same copy to the same filesystem without a guard. */
export const bench: Bench = {
  name: 'guard',
  title: `Fuse guard on a loop-mounted ext4 image, ratio to the raw volume (${LARGE_MIB} MiB files)`,
  async run(report) {
    if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) {
      report({ what: 'not run: it needs root and /dev/fuse', value: 0, unit: '' });
      return;
    }
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-guard-bench-')));
    try {
      for (const kind of KINDS) {
        const large = join(base, 'large');
        writeLarge(large, kind);
        const raw = await onRaw(base, large);
        const inspected = await seconds(() => inspect(large));
        const note = `${inspected.toFixed(2)} s; what the rows below have beyond it is the guard's`;
        report({ what: `${kind}: inspection alone`, value: inspected / raw.write, unit: 'x raw', note });
        await onGuard(base, large, 'record', raw, (row) => report({ ...row, what: `${kind}: ${row.what}` }));
        await onGuard(base, large, 'encrypt', raw, (row) => report({ ...row, what: `${kind}: ${row.what}` }));
        if (kind !== KINDS[0]) continue;
        for (const peer of ['gocryptfs', 'encfs'] as const) await onPeer(base, large, peer, raw, report);
      }
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
};

interface Figures {
  readonly write: number;
  readonly readCold: number;
  readonly readCached: number;
  /** Of one small file, one after the other. */
  readonly small: number;
  /** Of one small file, from several programs at once. */
  readonly together: number;
  /** The longest that somebody else waited for a name while the large file was copied. */
  readonly othersMillis: number;
}

type Kind = 'random' | 'csv' | 'text';

function isKind(text: string): text is Kind {
  return text === 'random' || text === 'csv' || text === 'text';
}

/** `random` is what pictures and sound are to the inspection; `csv` and `text` are read word by word. */
function writeLarge(path: string, kind: Kind): void {
  const file = openSync(path, 'w');
  for (let n = 0; n < LARGE_MIB; n += 16) writeSync(file, block(kind, Math.min(16, LARGE_MIB - n) * MIB));
  closeSync(file);
}

function block(kind: Kind, bytes: number): Buffer {
  if (kind === 'random') return randomBytes(bytes);
  const line = kind === 'csv' ? (n: number) => `${n},2026-11-22,"item ${n % 97}",${n % 1000}.50,shipped\n` : () => TEXT;
  const lines: string[] = [];
  for (let n = 0, length = 0; length < bytes; n += 1) {
    const next = line(n);
    lines.push(next);
    length += next.length;
  }
  return Buffer.from(lines.join(''), 'latin1').subarray(0, bytes);
}

const TEXT = 'The quarterly report was read aloud and nobody had a question about the second table.\n';

/** As the guard has it inspected, without a guard. */
async function inspect(path: string): Promise<void> {
  const inspector = createInspector();
  const parsed = parsePolicy(policy('record'));
  if (!parsed.ok) throw new Error('the bench has no policy');
  const limits = inspectionLimits(parsed.value);
  await inspector.inspect({ path: Buffer.from(path), name: 'large', limits, ownData: { keywords: [], patterns: [], indexes: [] } });
  await inspector.close();
}

async function measure(folder: string, large: string): Promise<Figures> {
  const target = join(folder, 'large');
  const prober = spawn('python3', ['-c', PROBE, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(prober.stdout, 'data');
  const write = await seconds(() => run('sh', ['-c', `cp "${large}" "${target}" && sync -f "${folder}"`]));
  prober.stdin.end();
  const [longest]: unknown[] = await once(prober.stdout, 'data');
  writeFileSync('/proc/sys/vm/drop_caches', '1');
  const read = () => run('dd', [`if=${target}`, 'of=/dev/null', 'bs=1M', 'status=none']);
  const readCold = await seconds(read);
  const readCached = await seconds(read);
  const small = (await seconds(() => run('python3', ['-c', SMALL, folder, 's', `${SMALL_FILES}`]))) / SMALL_FILES;
  const each = Math.ceil(SMALL_FILES / WRITERS);
  const writers = Array.from({ length: WRITERS }, (_, n) => n);
  const together = () => Promise.all(writers.map((n) => run('python3', ['-c', SMALL, folder, `t${n}-`, `${each}`])));
  return { write, readCold, readCached, small, together: (await seconds(together)) / (each * WRITERS), othersMillis: Number(longest) };
}

const SMALL = `import os,sys
b=(b"a line of text\\n"*274)[:${SMALL_BYTES}]
for n in range(int(sys.argv[3])):
  f=os.open(sys.argv[1]+"/"+sys.argv[2]+str(n),os.O_WRONLY|os.O_CREAT); os.write(f,b); os.fsync(f); os.close(f)`;

/** Looks for names that are not there, which is asked anew each time, until its input ends. */
const PROBE = `import os,sys,time,select
print("ready",flush=True); longest=0; n=0
while not select.select([sys.stdin],[],[],0.002)[0]:
  n+=1; t=time.monotonic(); os.path.lexists(sys.argv[1]+"/none%d"%n); longest=max(longest,time.monotonic()-t)
print("%.2f"%(longest*1000),flush=True)`;

async function onRaw(base: string, large: string): Promise<Figures> {
  const image = makeImage(base);
  const at = join(base, 'raw');
  mkdirSync(at, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, at]);
  try {
    return await measure(at, large);
  } finally {
    execFileSync('umount', [at]);
  }
}

async function onGuard(base: string, large: string, action: 'record' | 'encrypt', raw: Figures, report: (row: BenchRow) => void) {
  const image = makeImage(base);
  const at = join(base, 'view');
  mkdirSync(at, { recursive: true });
  const { identity, recipient } = generateIdentity();
  writeFileSync(join(base, 'key'), `${identity}\n`);
  writeFileSync(join(base, 'policy.yaml'), policy(action));
  const where = ['--device', image, '--at', at, '--state', join(base, `state-${action}`), '--policy', join(base, 'policy.yaml')];
  const how = ['--recipient', recipient, '--identity', join(base, 'key'), '--mode', 'fuse'];
  const guard: ChildProcess = spawn(process.execPath, [PROGRAM, 'guard', ...where, ...how], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    if (guard.stdout !== null) await once(guard.stdout, 'data');
    tell(action === 'record' ? 'allowed' : 'encrypted', await measure(at, large), raw, report);
  } finally {
    const gone = once(guard, 'exit');
    guard.kill('SIGTERM');
    await gone;
  }
}

async function onPeer(
  base: string,
  large: string,
  peer: 'gocryptfs' | 'encfs',
  raw: Figures,
  report: (row: BenchRow) => void,
): Promise<void> {
  if (!existsSync(`/usr/bin/${peer}`)) return report({ what: `${peer}: not installed`, value: 0, unit: '' });
  const image = makeImage(base);
  const below = join(base, `${peer}-below`);
  const at = join(base, peer);
  const password = join(base, 'password');
  writeFileSync(password, 'bench\n');
  for (const folder of [below, at]) mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, below]);
  const cipher = join(below, 'cipher');
  mkdirSync(cipher);
  try {
    if (peer === 'gocryptfs') {
      execFileSync('gocryptfs', ['-q', '-init', '-passfile', password, cipher]);
      execFileSync('gocryptfs', ['-q', '-passfile', password, cipher, at], { stdio: 'ignore' });
    } else {
      execFileSync('encfs', ['--standard', '-S', cipher, at], { input: 'bench\n', stdio: ['pipe', 'ignore', 'ignore'] });
    }
    tell(peer, await measure(at, large), raw, report);
  } finally {
    execFileSync('umount', ['-l', at]);
    execFileSync('umount', ['-l', below]);
  }
}

function tell(what: string, ours: Figures, raw: Figures, report: (row: BenchRow) => void): void {
  const row = (name: string, value: number, base: number): void =>
    report({ what: `${what}: ${name}`, value: value / base, unit: 'x raw', note: `${value.toFixed(2)} s, raw ${base.toFixed(2)} s` });
  row('cp + sync', ours.write, raw.write);
  row('read, cold', ours.readCold, raw.readCold);
  row('read, cached', ours.readCached, raw.readCached);
  const note = `raw ${(raw.small * 1000).toFixed(2)} ms`;
  report({ what: `${what}: one of ${SMALL_FILES} files of 4 KiB, synced`, value: ours.small * 1000, unit: 'ms', note });
  const beside = `raw ${(raw.together * 1000).toFixed(2)} ms`;
  report({ what: `${what}: the same from ${WRITERS} programs at once`, value: ours.together * 1000, unit: 'ms', note: beside });
  const other = `raw ${raw.othersMillis.toFixed(1)} ms`;
  report({ what: `${what}: others' longest wait during the cp`, value: ours.othersMillis, unit: 'ms', note: other });
}

function makeImage(base: string): string {
  const image = join(base, 'image');
  rmSync(image, { force: true });
  writeFileSync(image, '');
  truncateSync(image, (LARGE_MIB * 2 + 512) * MIB);
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
  if (statSync(image).size === 0) throw new Error('no image');
  return image;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
