import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIdentityFile, generateIdentity } from '../../src/age/index.ts';
import { agentEvent } from '../../src/contracts/event.ts';
import { viewMissing } from '../agent/fuse-guard/harness.ts';
import { copyWay, WAY_NAMES, wayOf } from './copy-ways.ts';
import { loopVolumeMissing, makeLoopVolume, type LoopVolume } from './loop-volume.ts';
import { KIND_NAMES, type OfficeFile, officeFiles, POLICY } from './ten-kinds.ts';

/**
 * The promise of the fuse guard on a whole medium: files of ten kinds, a third of them sensitive, brought there by nine
 * programs; then every byte of the medium is looked at. The product runs as it is installed.
 */

const PROGRAM = resolve(import.meta.dirname, '../../dist/program/main.js');
const FILES = Number(process.env['FILES'] ?? 500);
const MEDIUM_BYTES = 128 * 1024 * 1024;

const missing = viewMissing() ?? loopVolumeMissing() ?? programsMissing('age', 'rsync', 'gio', 'python3', 'dd', 'tar');
if (missing !== null) console.log(`guarded-copies.slow: skipped, ${missing}`);

function programsMissing(...programs: string[]): string | null {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return absent.length === 0 ? null : `there is no ${absent.join(', no ')}`;
}

describe.skipIf(missing !== null)(`${FILES} files of ${KIND_NAMES.length} kinds, copied by ${WAY_NAMES.length} programs`, () => {
  const files = officeFiles(FILES);
  const { identity, recipient } = generateIdentity();
  let base: string;
  let medium: LoopVolume;
  let guard: ChildProcess;
  let raw: Buffer;
  const source = (name: string): string => join(base, 'sources', name);

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-copies-')));
    for (const folder of ['sources', 'state', 'stored']) mkdirSync(join(base, folder));
    writeFileSync(join(base, 'policy.yaml'), POLICY);
    writeFileSync(join(base, 'key'), formatIdentityFile(identity, new Date()), { mode: 0o600 });
    for (const { name, content } of files) writeFileSync(source(name), content);
    medium = makeLoopVolume(MEDIUM_BYTES);
    const where = ['--dir', medium.path, '--state', join(base, 'state'), '--events', join(base, 'events.ndjson')];
    const what = ['--policy', join(base, 'policy.yaml'), '--recipient', recipient, '--identity', join(base, 'key')];
    guard = spawn(process.execPath, [PROGRAM, 'guard', '--mode', 'fuse', ...where, ...what], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [first] = (await Promise.race([once(guard.stdout ?? guard, 'data'), once(guard, 'exit')])) as [unknown];
    if (!String(first).startsWith('ready')) throw new Error(`the guard did not start: ${String(first)}`);
  });
  afterAll(async () => {
    if (guard.exitCode === null) guard.kill('SIGKILL');
    medium.close();
    rmSync(base, { recursive: true, force: true });
  });

  it('are taken or refused as policy says, and the programs are told', () => {
    const told = files.map(({ name, standing }, n) => {
      const [program = '', ...args] = copyWay(n, source(name), medium.path, name);
      const { status } = spawnSync(program, args, { stdio: 'ignore' });
      return { name, way: wayOf(n), taken: status === 0, standing };
    });
    expect(told.filter(({ taken, standing }) => taken === (standing === 'refused'))).toEqual([]);
  });

  it('read through the view as they were; what was refused is whole at its source and nowhere else', () => {
    const wrong = files.filter(({ name, standing, content }, n) => {
      const kept = existsSync(source(name));
      if (kept === (wayOf(n) === 'mv' && standing !== 'refused')) return true;
      if (kept && !readFileSync(source(name)).equals(content)) return true;
      const there = join(medium.path, name);
      return standing === 'refused' ? existsSync(there) : !readFileSync(there).equals(content);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('stand on the medium byte for byte, or as age files that stock age opens', async () => {
    guard.kill('SIGTERM');
    await once(guard, 'exit');
    raw = written(medium.raw());
    const names = readdirSync(medium.path).filter((name) => name !== 'lost+found');
    const expected = files
      .filter(({ standing }) => standing !== 'refused')
      .map(({ name, standing }) => (standing === 'encrypted' ? `${name}.age` : name));
    expect(names.toSorted()).toEqual(expected.toSorted());
    const wrong = files.filter(({ name, standing, content }) => {
      if (standing === 'refused') return false;
      if (standing === 'allowed') return !readFileSync(join(medium.path, name)).equals(content);
      return !execFileSync('age', ['-d', '-i', join(base, 'key'), join(medium.path, `${name}.age`)]).equals(content);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('have left not one byte of the sensitive ones readable on the whole medium', () => {
    const allowed = Buffer.concat(files.filter(({ standing }) => standing === 'allowed').map(({ content }) => content));
    const canaries = files.filter(({ standing }) => standing !== 'allowed').flatMap((file) => canariesOf(file, allowed));
    expect(canaries.length).toBeGreaterThan(FILES / 2);
    expect(canaries.filter(({ bytes }) => raw.includes(bytes)).map(({ name, at }) => `${name} at ${at}`)).toEqual([]);
    // The search would find them: an allowed file is there.
    expect(raw.includes(files.find(({ standing }) => standing === 'allowed')?.content.subarray(0, 24) ?? 'none')).toBe(true);
  });

  it('have one event each', () => {
    const lines = readFileSync(join(base, 'events.ndjson'), 'utf8').split('\n').slice(0, -1);
    const events = lines.map((line) => agentEvent.parse(JSON.parse(line)).body);
    const told = events.flatMap((body) =>
      'file' in body.data && body.type.startsWith('file.') ? [{ type: body.type, path: body.data.file.path }] : [],
    );
    const types = { allowed: 'file.recorded', encrypted: 'file.encrypted', refused: 'file.blocked' };
    const byEditor = (path: string): boolean => path.startsWith('.goutputstream-');
    const expected = files.filter((_file, n) => wayOf(n) !== 'editor').map(({ name, standing }) => `${types[standing]} ${name}`);
    expect(
      told
        .filter(({ path }) => !byEditor(path))
        .map(({ type, path }) => `${type} ${path}`)
        .toSorted(),
    ).toEqual(expected.toSorted());
    expect(told.filter(({ path }) => byEditor(path))).toHaveLength(FILES - expected.length);
  });
});

/** Stretches from the beginning, the middle and the end that stand in no allowed file. */
function canariesOf({ name, content }: OfficeFile, allowed: Buffer): { name: string; at: number; bytes: Buffer }[] {
  const places = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => Math.floor(content.length * part));
  return places
    .map((at) => ({ name, at, bytes: content.subarray(at, at + 24) }))
    .filter(({ bytes }) => bytes.length === 24 && !allowed.includes(bytes));
}

const BLOCK = 4096;
const ZEROS = Buffer.alloc(BLOCK);

/** Without its blocks of zeros, in the order they stand: a search through the whole medium takes minutes. */
function written(medium: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < medium.length; at += BLOCK) {
    const block = medium.subarray(at, at + BLOCK);
    if (!block.equals(ZEROS)) blocks.push(block);
  }
  return Buffer.concat(blocks);
}
