import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoveredGuard } from '../../src/agent/covered-guard.ts';
import { createFuseGuard } from '../../src/agent/fuse-guard/index.ts';
import { PresentFiles } from '../../src/agent/guard/present-files.ts';
import { openQuarantine, type Quarantine } from '../../src/agent/quarantine/quarantine.ts';
import type { EnforcementOutcome } from '../../src/contracts/input.ts';
import { ok } from '../../src/contracts/result.ts';
import type { Action } from '../../src/contracts/verdict.ts';
import type { FileArrival } from '../../src/core/ports.ts';
import { type LoopFilesystem, loopVolumeMissing, type LoopVolume, makeLoopVolume } from '../integration/loop-volume.ts';
import { actionIn, runs, run, viewMissing } from './fuse-guard/harness.ts';
import { decisionFor, decrypted, key, namesIn, systemClock, until } from './guard/harness.ts';

const missing = viewMissing();
const fatMissing = missing ?? loopVolumeMissing('vfat');
for (const reason of new Set([missing, fatMissing])) if (reason !== null) process.stdout.write(`covered-guard: skipped, ${reason}\n`);

interface Seen {
  readonly arrival: FileArrival;
  readonly action: Action;
  readonly outcome: EnforcementOutcome;
}

describe.skipIf(missing !== null)('files that were on a medium before its view', () => {
  let base: string;
  let volume: LoopVolume;
  let quarantine: Quarantine;
  let guard: CoveredGuard | null;
  let seen: Seen[];
  /** Between inspection and enforcement. */
  let beforeEnforce: (arrival: FileArrival) => Promise<void>;
  let passthrough: boolean;
  let readOnly: boolean;

  beforeEach(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-covered-')));
    quarantine = await openQuarantine({ folder: join(base, 'quarantine'), maxBytes: 1e9, keepMillis: 1e9, clock: systemClock });
    [guard, seen, beforeEnforce, passthrough, readOnly] = [null, [], async () => undefined, true, false];
  });
  afterEach(async () => {
    await guard?.stop();
    volume.close();
    rmSync(base, { recursive: true, force: true });
  });

  function medium(filesystem?: LoopFilesystem, bytes = 32 * 1_048_576): void {
    volume = makeLoopVolume(bytes, filesystem);
  }
  const at = (name: string): string => join(volume.path, name);
  const put = (name: string, content: string): void => writeFileSync(at(name), content);

  async function start(): Promise<void> {
    const common = {
      volumeId: 'test:1',
      stateFolder: join(base, 'state'),
      quarantine,
      clock: systemClock,
      actorOf: () => ({ name: 'hanako', basis: 'owner' }) as const,
    };
    const identities = [key.identity];
    const made = new CoveredGuard({
      cover: async () => ok({ medium: volume.path, readOnly, letGo: async () => undefined }),
      createView: (_covered, onEnded) => createFuseGuard({ ...common, root: volume.path, readOnly, identities, passthrough, onEnded }),
      createPresent: (view, since) => {
        const root = view.medium();
        return root === null ? null : new PresentFiles({ ...common, root, since, identities, exchange: view.exchange });
      },
      eject: async () => ok(undefined),
      failed: () => undefined,
    });
    guard = made;
    const started = await made.start((arrival) => void decide(made, arrival));
    if (!started.ok) throw new Error(started.error.message);
  }

  async function decide(to: CoveredGuard, arrival: FileArrival): Promise<void> {
    const source = to.source(arrival.fileId);
    if (source === null) return;
    const action = actionIn(await readFile(Buffer.from(source.path)).catch(() => Buffer.alloc(0)));
    await beforeEnforce(arrival);
    const decision = { ...decisionFor(arrival, action), guard: 'fuse' } as const;
    const outcome = await to.enforce(arrival.fileId, { action, recipients: [key.recipient], decision });
    seen.push({ arrival, action, outcome });
    if (outcome.done) to.settled(arrival.fileId);
  }

  const doneOf = (path: string) => seen.filter(({ arrival, outcome }) => arrival.path === path && outcome.done);
  const isDone = (...paths: string[]) => until(() => paths.every((path) => doneOf(path).length > 0));
  /** A program of its own: this process decides for the view. */
  const write = (name: string, text: string) => runs('sh', ['-c', 'printf %s "$2" >"$1"', 'sh', at(name), text]);
  const read = (name: string) => runs('cat', [at(name)]);

  it('are reported as present, sealed on the medium and read through the view', async () => {
    medium();
    mkdirSync(at('inner'));
    put('inner/list.txt', '@encrypt the old list');
    put('plain.txt', 'harmless');
    put('bad.txt', '@block this');
    await start();
    await isDone('inner/list.txt', 'plain.txt', 'bad.txt');
    expect(seen.map(({ arrival: { path, present } }) => `${path} ${present}`).toSorted()).toEqual([
      'bad.txt true',
      'inner/list.txt true',
      'plain.txt true',
    ]);
    expect(await read('inner/list.txt')).toBe('@encrypt the old list');
    expect((await runs('stat', ['--format=%s', at('inner/list.txt')])).trim()).toBe('21');
    expect(await read('plain.txt')).toBe('harmless');
    expect((await run('cat', [at('bad.txt')])).said).toMatch(/No such file/);
    await write('new.txt', 'later');
    await until(() => doneOf('new.txt').length > 0);
    expect(doneOf('new.txt')[0]?.arrival.present).toBe(false);
    await guard?.stop();
    expect(await namesIn(at('inner'))).toEqual(['list.txt.age']);
    expect(decrypted(at('inner/list.txt.age'))).toBe('@encrypt the old list');
    expect(volume.raw().includes('the old list')).toBe(false);
    expect(await quarantine.list()).toMatchObject([{ path: Buffer.from('bad.txt').toString('base64') }]);
  });

  it.each(['overwritten', 'renamed', 'removed', 'touched'] as const)(
    'lose nothing when %s before the verdict is carried out',
    async (how) => {
      medium();
      put('list.txt', '@encrypt old bytes');
      let changed = false;
      beforeEnforce = async ({ present }) => {
        if (!present || changed) return;
        changed = true;
        if (how === 'overwritten') await write('list.txt', 'new bytes');
        if (how === 'renamed') await runs('mv', [at('list.txt'), at('moved.txt')]);
        if (how === 'removed') await runs('rm', [at('list.txt')]);
        if (how === 'touched') await runs('touch', [at('list.txt')]);
      };
      await start();
      await until(() => seen.some(({ arrival, outcome }) => arrival.present && !outcome.done && outcome.gone));
      if (how === 'renamed') await isDone('moved.txt');
      if (how === 'touched') await until(() => doneOf('list.txt').length > 0);
      await guard?.stop();
      const left = (await namesIn(volume.path)).filter((name) => name !== 'lost+found');
      expect(left).toEqual({ overwritten: ['list.txt'], renamed: ['moved.txt.age'], removed: [], touched: ['list.txt.age'] }[how]);
      const stored = left[0] === undefined ? '' : left[0].endsWith('.age') ? decrypted(at(left[0])) : readFileSync(at(left[0]), 'utf8');
      const old = '@encrypt old bytes';
      expect(stored).toBe({ overwritten: 'new bytes', renamed: old, removed: '', touched: old }[how]);
    },
  );

  it.each([true, false])('are not overwritten under a program that reads them (passthrough %s)', async (wanted) => {
    medium();
    passthrough = wanted;
    put('list.txt', `@encrypt ${'x'.repeat(300_000)}`);
    const readings: Promise<string>[] = [];
    const opened = Promise.withResolvers<void>();
    beforeEnforce = async () => {
      if (readings.length > 0) return;
      const program = 'exec 3<"$1"; : >"$2"; while [ ! -e "$3" ]; do sleep 0.05; done; cat <&3';
      readings.push(runs('sh', ['-c', program, 'sh', at('list.txt'), join(base, 'opened'), join(base, 'go')]));
      for (;;) if ((await run('test', ['-e', join(base, 'opened')])).code === 0) break;
      opened.resolve();
    };
    await start();
    await opened.promise;
    await until(() => seen.some(({ outcome }) => !outcome.done && outcome.gone));
    writeFileSync(join(base, 'go'), '');
    expect(await Promise.all(readings)).toEqual([`@encrypt ${'x'.repeat(300_000)}`]);
    await isDone('list.txt');
    expect(await read('list.txt')).toBe(`@encrypt ${'x'.repeat(300_000)}`);
  });

  it('that a program has open for writing are sealed, and what it stores then takes their place', async () => {
    medium();
    put('list.txt', '@encrypt old bytes');
    const writings: Promise<string>[] = [];
    beforeEnforce = async ({ present }) => {
      if (!present || writings.length > 0) return;
      const program = 'exec 3>>"$1"; : >"$2"; while [ ! -e "$3" ]; do sleep 0.05; done; printf " and new" >&3';
      writings.push(runs('sh', ['-c', program, 'sh', at('list.txt'), join(base, 'opened'), join(base, 'go')]));
      for (;;) if ((await run('test', ['-e', join(base, 'opened')])).code === 0) break;
    };
    await start();
    await isDone('list.txt');
    writeFileSync(join(base, 'go'), '');
    await Promise.all(writings);
    await until(() => doneOf('list.txt').length === 2);
    expect(await read('list.txt')).toBe('@encrypt old bytes and new');
    await guard?.stop();
    expect((await namesIn(volume.path)).filter((name) => name !== 'lost+found')).toEqual(['list.txt.age']);
    expect(decrypted(at('list.txt.age'))).toBe('@encrypt old bytes and new');
  });

  it('are not given the name of a file that a program is making, which would replace the only copy', async () => {
    medium();
    put('list.txt', '@encrypt old bytes');
    const writings: Promise<string>[] = [];
    beforeEnforce = async ({ present }) => {
      if (!present || writings.length > 0) return;
      const program = 'exec 3>"$1"; : >"$2"; while [ ! -e "$3" ]; do sleep 0.05; done; printf "of its own" >&3';
      writings.push(runs('sh', ['-c', program, 'sh', at('list.txt.age'), join(base, 'opened'), join(base, 'go')]));
      for (;;) if ((await run('test', ['-e', join(base, 'opened')])).code === 0) break;
    };
    await start();
    await isDone('list.txt');
    writeFileSync(join(base, 'go'), '');
    await Promise.all(writings);
    await isDone('list.txt.age');
    await guard?.stop();
    const left = (await namesIn(volume.path)).filter((name) => name !== 'lost+found' && name !== 'list.txt.age');
    expect(left).toHaveLength(1);
    expect(decrypted(at(left[0] ?? ''))).toBe('@encrypt old bytes');
    expect(readFileSync(at('list.txt.age'), 'utf8')).toBe('of its own');
  });

  it('of a read-only medium are recorded only', async () => {
    medium();
    put('list.txt', '@encrypt old bytes');
    volume.remount('ro');
    readOnly = true;
    await start();
    await until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ arrival: { present: true }, outcome: { done: false, gone: false, code: 'DLP_FILE_PERMISSION' } });
    expect(await read('list.txt')).toBe('@encrypt old bytes');
    expect(await quarantine.list()).toEqual([]);
  });

  it.skipIf(fatMissing !== null)('are sealed on FAT too', async () => {
    medium('vfat');
    put('list.txt', '@encrypt old bytes');
    await start();
    await isDone('list.txt');
    expect(await read('list.txt')).toBe('@encrypt old bytes');
    await guard?.stop();
    expect(await namesIn(volume.path)).toEqual(['list.txt.age']);
  });
});
