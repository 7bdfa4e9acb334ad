import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IndexKeeper } from '../../src/agent/index-keeper.ts';
import { failure } from '../../src/contracts/errors.ts';
import { err, ok } from '../../src/contracts/result.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text.repeat(100));
const wanted = (text: string) => ({ file: `${text}.edm`, sha256: createHash('sha256').update(bytesOf(text)).digest('hex') });

let folder: string;
let clock: FakeClock;
let lines: string[];
/** What the collector has. */
let there: Map<string, Buffer>;
let asked: string[];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'sekisho-indexes-')), 'indexes');
  clock = new FakeClock();
  lines = [];
  there = new Map();
  asked = [];
});

const keeper = (): IndexKeeper =>
  new IndexKeeper({
    folder,
    clock,
    log: (line) => lines.push(line),
    fetch: async (sha256, file) => {
      asked.push(sha256);
      const bytes = there.get(sha256);
      if (bytes === undefined) return err(failure('DLP_SYNC_OFFLINE', 'The collector cannot be reached.', { retryable: true }));
      const begun = existsSync(file) ? readFileSync(file).length : 0;
      appendFileSync(file, bytes.subarray(begun));
      return ok(undefined);
    },
  });

describe('the keeper of indexes', () => {
  it('brings what the policy names and takes away what only the one before named', async () => {
    const [one, two, three] = [wanted('one'), wanted('two'), wanted('three')];
    for (const text of ['one', 'two', 'three']) there.set(wanted(text).sha256, bytesOf(text));
    const indexes = keeper();
    await indexes.bring([one, two]);
    expect(readdirSync(folder).toSorted()).toEqual([one.sha256, two.sha256].toSorted());
    expect(readFileSync(join(folder, one.sha256))).toEqual(bytesOf('one'));
    await indexes.bring([two, three]);
    expect(readdirSync(folder).toSorted()).toEqual([two.sha256, three.sha256].toSorted());
    expect(asked).toEqual([one.sha256, two.sha256, three.sha256]);
  });

  it('does not fetch what an administrator put there, nor remove what waits for a later policy', async () => {
    const [here, later] = [wanted('here'), wanted('later')];
    mkdirSync(folder);
    for (const text of ['here', 'later']) writeFileSync(join(folder, wanted(text).sha256), bytesOf(text));
    const indexes = keeper();
    await indexes.bring([here]);
    expect(asked).toEqual([]);
    expect(readdirSync(folder)).toContain(later.sha256);
  });

  it('tries again until it comes', async () => {
    const one = wanted('one');
    await keeper().bring([one]);
    expect(readdirSync(folder)).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('one.edm')]);
    there.set(one.sha256, bytesOf('one'));
    clock.advance(5000);
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([one.sha256]));
  });

  it('never keeps what is not what its name says', async () => {
    const one = wanted('one');
    there.set(one.sha256, bytesOf('other'));
    await keeper().bring([one]);
    expect(readdirSync(folder)).toEqual([]);
    there.set(one.sha256, bytesOf('one'));
    clock.advance(5000);
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([one.sha256]));
  });

  it('brings anew what is damaged under its name', async () => {
    const one = wanted('one');
    there.set(one.sha256, bytesOf('one'));
    mkdirSync(folder);
    writeFileSync(join(folder, one.sha256), bytesOf('one').subarray(1));
    await keeper().bring([one]);
    expect(readFileSync(join(folder, one.sha256))).toEqual(bytesOf('one'));
  });

  it('goes on with the others where one cannot be written', async () => {
    const [one, two] = [wanted('one'), wanted('two')];
    for (const text of ['one', 'two']) there.set(wanted(text).sha256, bytesOf(text));
    mkdirSync(join(folder, `${one.sha256}.part`), { recursive: true });
    await keeper().bring([one, two]);
    expect(readdirSync(folder)).toContain(two.sha256);
    expect(lines).toContainEqual(expect.stringContaining('missing (one.edm'));
  });

  it('lets a policy come into force when its index takes too long', async () => {
    const indexes = new IndexKeeper({ folder, clock, log: () => {}, fetch: () => new Promise(() => {}) });
    let done = false;
    const brought = indexes.bring([wanted('one')]).then(() => (done = true));
    await vi.waitFor(() => expect(existsSync(folder)).toBe(true));
    expect(done).toBe(false);
    clock.advance(120_000);
    await brought;
    expect(done).toBe(true);
  });

  it('asks no more once it is stopped', async () => {
    const indexes = keeper();
    await indexes.bring([wanted('one')]);
    indexes.stop();
    clock.advance(3_600_000);
    expect(asked).toHaveLength(1);
  });
});
