import { linkSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decrypted, type GuardHarness, makeHarness, namesIn } from './harness.ts';

let harness: GuardHarness;
beforeEach(async () => {
  harness = await makeHarness();
});
afterEach(() => harness.close());

const put = (name: string, content: string) => writeFileSync(join(harness.root, name), content);

describe('verdicts', () => {
  it('encrypts a file in its place, keeping time and mode, and leaves no plaintext', async () => {
    await harness.start();
    put('list.csv', 'encrypt: 1234');
    const path = join(harness.root, 'list.csv');
    utimesSync(path, 1_600_000_000, 1_600_000_000);
    await harness.until(() => harness.seen.some(({ outcome }) => outcome.done));
    const done = harness.seen.find(({ outcome }) => outcome.done)?.outcome;
    expect(done).toMatchObject({ done: true, storedAs: 'list.csv.age' });
    expect(await namesIn(harness.root)).toEqual(['list.csv.age']);
    expect(decrypted(join(harness.root, 'list.csv.age'))).toBe('encrypt: 1234');
    expect(statSync(join(harness.root, 'list.csv.age')).mtimeMs).toBe(1_600_000_000_000);
  });

  it('quarantines what is blocked, restorable, and takes it off the medium', async () => {
    await harness.start();
    put('plan.txt', 'block this');
    await harness.until(() => harness.seen.length > 0);
    expect(await namesIn(harness.root)).toEqual([]);
    const [item] = await harness.quarantine.list();
    expect(harness.seen[0]?.outcome).toEqual({ done: true, sha256: item?.sha256, quarantineId: item?.id });
    const target = join(harness.state, 'restored.txt');
    expect((await harness.quarantine.restore(item?.id ?? '', target, { force: false })).ok).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('block this');
  });

  it('leaves an allowed file alone and gives its hash', async () => {
    await harness.start();
    put('menu.txt', 'allow me');
    await harness.until(() => harness.seen.length > 0);
    expect(harness.seen[0]?.outcome).toMatchObject({ done: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(readFileSync(join(harness.root, 'menu.txt'), 'utf8')).toBe('allow me');
  });

  it('puts a justified file back, once, without holding it again', async () => {
    await harness.start();
    mkdirSync(join(harness.root, 'a'));
    put('a/plan.txt', 'justify this');
    await harness.until(() => harness.seen.length > 0);
    const [item] = await harness.quarantine.list();
    expect(await harness.guard.release(item?.id ?? '')).toEqual({ ok: true, value: 'a/plan.txt' });
    expect(readFileSync(join(harness.root, 'a/plan.txt'), 'utf8')).toBe('justify this');
    expect(await harness.quarantine.list()).toEqual([]);
    put('last.txt', 'allow');
    await harness.until(() => harness.seen.some(({ arrival }) => arrival.path === 'last.txt'));
    expect(harness.arrivals.map(({ path }) => path)).toEqual(['a/plan.txt', 'last.txt']);
    expect(await harness.guard.release(item?.id ?? '')).toMatchObject({ ok: false, error: { code: 'DLP_QUARANTINE_MISSING' } });
  });

  it('never replaces another file', async () => {
    put('list.csv.age', 'allow: mine');
    await harness.start();
    put('list.csv', 'encrypt: 1');
    await harness.until(() => harness.seen.some(({ action }) => action === 'encrypt'));
    expect(await namesIn(harness.root)).toEqual(['list.csv (2).age', 'list.csv.age']);
    expect(readFileSync(join(harness.root, 'list.csv.age'), 'utf8')).toBe('allow: mine');
  });
});

describe('arrivals', () => {
  it('reports present files as present, and what is written later not', async () => {
    put('old.txt', 'allow');
    await harness.start();
    await harness.until(() => harness.seen.length === 1);
    put('new.txt', 'allow');
    await harness.until(() => harness.seen.length === 2);
    expect(harness.arrivals.map(({ path, present }) => [path, present])).toEqual([
      ['old.txt', true],
      ['new.txt', false],
    ]);
  });

  it('lets present files through a few at a time', async () => {
    for (let n = 0; n < 200; n += 1) put(`old${n}.txt`, 'allow');
    let most = 0;
    harness.beforeEnforce = async () => {
      most = Math.max(most, harness.arrivals.length - harness.seen.length);
      await harness.until(() => harness.arrivals.length >= 64);
    };
    await harness.start();
    await harness.until(() => harness.seen.length === 200);
    expect(most).toBe(64);
  });

  it('lets new files through a few at a time too', async () => {
    let most = 0;
    harness.beforeEnforce = async () => {
      most = Math.max(most, harness.arrivals.length - harness.seen.length);
      await harness.until(() => harness.arrivals.length >= 64);
    };
    await harness.start();
    for (let n = 0; n < 200; n += 1) put(`new${n}.txt`, 'allow');
    await harness.until(() => harness.seen.length === 200);
    expect(most).toBe(64);
  });

  it('passes present files over when policy says so, but sees them change', async () => {
    await harness.close();
    harness = await makeHarness({ inspectPresent: false });
    put('old.txt', 'allow');
    put('changed.txt', 'allow');
    // A file written in the very moment of the start counts as new.
    await harness.until(() => Date.now() - statSync(join(harness.root, 'changed.txt')).ctimeMs > 100);
    await harness.start();
    put('new.txt', 'allow');
    put('changed.txt', 'allow, changed');
    await harness.until(() => harness.seen.length >= 2);
    expect(harness.arrivals.map(({ path }) => path).toSorted()).toEqual(['changed.txt', 'new.txt']);
  });

  it('reports every file of a folder moved in, and again under a new name', async () => {
    const outside = join(harness.state, 'in', 'deep');
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'a.txt'), 'allow a');
    writeFileSync(join(harness.state, 'in', 'b.txt'), 'allow b');
    await harness.start();
    renameSync(join(harness.state, 'in'), join(harness.root, 'in'));
    await harness.until(() => harness.seen.length === 2);
    renameSync(join(harness.root, 'in'), join(harness.root, 'out'));
    await harness.until(() => harness.seen.length === 4);
    expect(harness.arrivals.map(({ path }) => path).toSorted()).toEqual(['in/b.txt', 'in/deep/a.txt', 'out/b.txt', 'out/deep/a.txt']);
  });

  it('does not follow symlinks', async () => {
    const secret = join(harness.state, 'secret.txt');
    mkdirSync(harness.state, { recursive: true });
    writeFileSync(secret, 'encrypt me not');
    await harness.start();
    symlinkSync(secret, join(harness.root, 'link.txt'));
    symlinkSync(harness.state, join(harness.root, 'folder'));
    put('last.txt', 'allow');
    await harness.until(() => harness.seen.length > 0);
    expect(harness.arrivals.map(({ path }) => path)).toEqual(['last.txt']);
    expect(readFileSync(secret, 'utf8')).toBe('encrypt me not');
  });

  it('enforces both names of a hard link and loses neither content', async () => {
    await harness.start();
    put('a.txt', 'encrypt twice');
    linkSync(join(harness.root, 'a.txt'), join(harness.root, 'b.txt'));
    await harness.until(async () => (await namesIn(harness.root)).join() === 'a.txt.age,b.txt.age');
    expect(decrypted(join(harness.root, 'a.txt.age'))).toBe('encrypt twice');
    expect(decrypted(join(harness.root, 'b.txt.age'))).toBe('encrypt twice');
  });
});
