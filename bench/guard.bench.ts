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
import type { Bench, BenchRow } from './types.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
/** `GUARD_MIB=64` for a quick look. */
const LARGE_MIB = Number(process.env['GUARD_MIB'] ?? 1024);
const SMALL_FILES = Number(process.env['GUARD_FILES'] ?? 5000);
const SMALL_BYTES = 4096;
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
      const large = join(base, 'large');
      writeLarge(large);
      const raw = await onRaw(base, large);
      await onGuard(base, large, 'record', raw, report);
      await onGuard(base, large, 'encrypt', raw, report);
      for (const peer of ['gocryptfs', 'encfs'] as const) await onPeer(base, large, peer, raw, report);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
};

interface Figures {
  readonly write: number;
  readonly readCold: number;
  readonly readCached: number;
  /** Of one small file. */
  readonly small: number;
}

/** Bytes without text: what pictures and sound are to the inspection. */
function writeLarge(path: string): void {
  const file = openSync(path, 'w');
  for (let n = 0; n < LARGE_MIB; n += 16) writeSync(file, randomBytes(Math.min(16, LARGE_MIB - n) * MIB));
  closeSync(file);
}

async function measure(folder: string, large: string): Promise<Figures> {
  const target = join(folder, 'large');
  const write = await seconds(() => run('sh', ['-c', `cp "${large}" "${target}" && sync -f "${folder}"`]));
  writeFileSync('/proc/sys/vm/drop_caches', '1');
  const read = () => run('dd', [`if=${target}`, 'of=/dev/null', 'bs=1M', 'status=none']);
  const readCold = await seconds(read);
  const readCached = await seconds(read);
  const script = `import os,sys
b=b"a line of text\\n"*273
for n in range(${SMALL_FILES}):
  f=os.open(sys.argv[1]+"/s%d"%n,os.O_WRONLY|os.O_CREAT); os.write(f,b[:${SMALL_BYTES}]); os.fsync(f); os.close(f)`;
  const small = (await seconds(() => run('python3', ['-c', script, folder]))) / SMALL_FILES;
  return { write, readCold, readCached, small };
}

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
