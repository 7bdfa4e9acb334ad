import { createHash } from 'node:crypto';
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encryptBytes } from '../../../src/age/index.ts';
import { Journal } from '../../../src/agent/guard/journal.ts';
import type { Action } from '../../../src/contracts/verdict.ts';
import { decrypted, decisionFor, type GuardHarness, key, makeHarness, namesIn, systemClock } from './harness.ts';

const ID = '0123456789abcdef0123456789abcdef';
const FILE_ID = '01a20376-d4fa-77f7-bb8c-e861177cf340';
const PLAIN = 'encrypt: the plan';

let harness: GuardHarness;
let journal: Journal;
beforeEach(async () => {
  harness = await makeHarness({ recoverIdentities: [key.identity] });
  mkdirSync(harness.state, { recursive: true });
  journal = new Journal(harness.state, systemClock);
});
afterEach(() => harness.close());

const at = (name: string) => join(harness.root, name);
const leftover = (kind: 'tmp' | 'plain' | 'erase') => at(`.~sekisho-${ID}.${kind}`);

/** As the journal of a killed agent, for the original now at `path`. */
function begun(path: string, action: Action = 'encrypt'): void {
  const { size, mtimeNs } = lstatSync(path, { bigint: true });
  journal.begin({ fileId: FILE_ID, volumeId: 'test:1', action, path: Buffer.from('plan.txt'), temporaryId: ID, size, modified: mtimeNs });
}

function ciphertext(path: string): Buffer {
  const sealed = encryptBytes(Buffer.from(PLAIN), [key.recipient]);
  if (!sealed.ok) throw new Error(sealed.error.message);
  writeFileSync(path, sealed.value);
  return sealed.value;
}

function prepared(bytes: number, plaintext = PLAIN): void {
  const sha256 = createHash('sha256').update(plaintext).digest('hex');
  journal.prepareTarget(FILE_ID, { name: Buffer.from('plan.txt.age'), bytes, sha256 });
}

async function startAndSettle(): Promise<void> {
  journal.close();
  await harness.start();
  await harness.until(async () => (await namesIn(harness.root)).every((name) => name.endsWith('.age')));
}

const carriedOn = { done: true, storedAs: 'plan.txt.age' };

describe('an encryption cut short', () => {
  it('stays in the journal when its failure is in the chain, for it is not over', () => {
    writeFileSync(at('plan.txt'), PLAIN);
    begun(at('plan.txt'));
    journal.settle(FILE_ID);
    expect(journal.unfinished()).toHaveLength(1);
    journal.finish(FILE_ID, { done: true });
    journal.settle(FILE_ID);
    expect(journal.finished().size).toBe(0);
    journal.close();
  });

  it('with a folder planted where the original was to be erased: carries on', async () => {
    writeFileSync(leftover('plain'), PLAIN);
    const sealed = ciphertext(at('plan.txt.age'));
    begun(leftover('plain'));
    prepared(sealed.length);
    mkdirSync(join(leftover('erase'), 'full'), { recursive: true });
    journal.close();
    await harness.start();
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject(carriedOn);
    expect(await namesIn(harness.root)).toEqual([`.~sekisho-${ID} (2).erase`, 'plan.txt.age']);
  });

  it('before the ciphertext was whole: begins again, the half one is gone', async () => {
    writeFileSync(at('plan.txt'), PLAIN);
    writeFileSync(leftover('tmp'), 'half');
    begun(at('plan.txt'));
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(decrypted(at('plan.txt.age'))).toBe(PLAIN);
    expect(harness.guard.outcomes().has(FILE_ID)).toBe(false);
  });

  it('with the original moved aside and nothing in its place: puts it back and begins again', async () => {
    writeFileSync(leftover('plain'), PLAIN);
    const sealed = ciphertext(leftover('tmp'));
    begun(leftover('plain'));
    prepared(sealed.length);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(decrypted(at('plan.txt.age'))).toBe(PLAIN);
    expect(harness.arrivals.map(({ path }) => path)).toContain('plan.txt');
  });

  it('with the ciphertext in place: carries on, and can tell what was done', async () => {
    writeFileSync(leftover('plain'), PLAIN);
    const sealed = ciphertext(at('plan.txt.age'));
    begun(leftover('plain'));
    prepared(sealed.length);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject(carriedOn);
    harness.guard.settled(FILE_ID);
    expect(harness.guard.outcomes().size).toBe(0);
  });

  it('between the two names of a link: carries on', async () => {
    writeFileSync(leftover('plain'), PLAIN);
    const sealed = ciphertext(leftover('tmp'));
    linkSync(leftover('tmp'), at('plan.txt.age'));
    begun(leftover('plain'));
    prepared(sealed.length);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject(carriedOn);
  });

  it('in the middle of overwriting: finishes', async () => {
    writeFileSync(leftover('erase'), `\0\0\0\0${PLAIN.slice(4)}`);
    const sealed = ciphertext(at('plan.txt.age'));
    begun(leftover('erase'));
    prepared(sealed.length);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject(carriedOn);
  });

  it('in the middle of overwriting on a medium that lost the new name: the ciphertext gets one again', async () => {
    writeFileSync(leftover('erase'), `\0\0\0\0${PLAIN.slice(4)}`);
    const sealed = ciphertext(leftover('tmp'));
    begun(leftover('erase'));
    prepared(sealed.length);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(decrypted(at('plan.txt.age'))).toBe(PLAIN);
  });

  it('in the middle of overwriting on a medium that lost the ciphertext: keeps what is left', async () => {
    writeFileSync(leftover('erase'), PLAIN);
    begun(leftover('erase'));
    prepared(1000);
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt.age']);
    expect(decrypted(at('plan.txt.age'))).toBe(PLAIN);
  });

  it('with a stranger at the ciphertext’s name: the original counts', async () => {
    writeFileSync(leftover('plain'), PLAIN);
    const sealed = ciphertext(at('plan.txt.age'));
    begun(leftover('plain'));
    prepared(sealed.length, 'something else');
    await startAndSettle();
    expect(await namesIn(harness.root)).toEqual(['plan.txt (2).age', 'plan.txt.age']);
    expect(decrypted(at('plan.txt (2).age'))).toBe(PLAIN);
  });

  it('with the original lost: the proved ciphertext takes its place', async () => {
    const sealed = ciphertext(leftover('tmp'));
    begun(leftover('tmp'));
    prepared(sealed.length);
    await startAndSettle();
    expect(decrypted(at('plan.txt.age'))).toBe(PLAIN);
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject(carriedOn);
  });
});

describe('a quarantining cut short', () => {
  async function takenIn(from: string): Promise<string> {
    const source = await open(from);
    const taken = await harness.quarantine.add(
      source,
      {
        path: Buffer.from('plan.txt'),
        shownPath: 'plan.txt',
        mode: 0o644,
        modifiedMillis: 0,
        owner: { uid: 0, gid: 0 },
        decision: decisionFor(
          { fileId: FILE_ID, path: 'plan.txt', bytes: 1, modified: '', actor: { name: 'x', basis: 'owner' }, present: false },
          'block',
        ),
        recipients: [],
      },
      (id) => journal.prepareQuarantine(FILE_ID, id),
    );
    await source.close();
    if (!taken.ok) throw new Error(taken.error.message);
    return taken.value.id;
  }

  it('with the original untouched: begins again and keeps one copy', async () => {
    writeFileSync(leftover('plain'), 'block: the plan');
    begun(leftover('plain'), 'block');
    const id = await takenIn(leftover('plain'));
    await startAndSettle();
    await harness.until(async () => (await harness.quarantine.list()).length === 1);
    const [item] = await harness.quarantine.list();
    expect(item?.id).not.toBe(id);
    expect(await namesIn(harness.root)).toEqual([]);
  });

  it('in the middle of overwriting: finishes, and the copy is the file', async () => {
    writeFileSync(leftover('erase'), 'block: the plan');
    begun(leftover('erase'), 'block');
    const id = await takenIn(leftover('erase'));
    writeFileSync(leftover('erase'), '\0\0\0\0\0: the plan');
    await startAndSettle();
    expect(harness.guard.outcomes().get(FILE_ID)).toMatchObject({ done: true, quarantineId: id, sha256: expect.any(String) });
    expect((await harness.quarantine.restore(id, at('../back'), { force: false })).ok).toBe(true);
    expect(readFileSync(at('../back'), 'utf8')).toBe('block: the plan');
  });
});

it('leaves alone what only looks like a leftover, and entries of another medium', async () => {
  writeFileSync(leftover('erase'), 'allow: my own file');
  journal.begin({
    fileId: FILE_ID,
    volumeId: 'test:2',
    action: 'encrypt',
    path: Buffer.from('elsewhere/plan.txt'),
    temporaryId: 'f'.repeat(32),
    size: 1n,
    modified: 1n,
  });
  journal.close();
  await harness.start();
  await harness.until(() => harness.seen.length === 1);
  expect(harness.seen[0]?.action).toBe('allow');
  expect(existsSync(leftover('erase'))).toBe(true);
  const again = new Journal(harness.state, systemClock);
  expect(again.unfinished().map(({ volumeId }) => volumeId)).toEqual(['test:2']);
  again.close();
});

it('puts a journal that cannot be read aside and goes on', async () => {
  journal.close();
  writeFileSync(join(harness.state, 'enforcements.db'), Buffer.alloc(4096, 'not a database'));
  writeFileSync(at('plan.txt'), PLAIN);
  await harness.start();
  await harness.until(async () => (await namesIn(harness.root)).join() === 'plan.txt.age');
  expect((await namesIn(harness.state)).some((name) => name.startsWith('enforcements.db.corrupt-'))).toBe(true);
});
