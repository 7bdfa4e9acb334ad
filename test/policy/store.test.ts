import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPolicyStore } from '../../src/policy/index.ts';
import { newPolicyKeys } from './keys.ts';
import { later, NOW, signed } from './releases.ts';

const keys = newPolicyKeys();
const one = signed(keys.privateKeyPem);
const two = signed(keys.privateKeyPem, { version: 2 });
const otherTwo = signed(keys.privateKeyPem, { version: 2, expires: later(99).toISOString() });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openPolicyStore({ folder, publicKeyPem: keys.publicKeyPem });
const versionOf = (store: ReturnType<typeof open>) => store.current(NOW)?.reference.version;
const at = (name: string) => join(folder, name);

describe('the policy store', () => {
  it('begins with nothing, keeps what it accepted and has it again after a restart', async () => {
    const store = open();
    expect(store.current(NOW)).toBeUndefined();
    expect(await store.offer(one, NOW)).toMatchObject({ ok: true, value: { reference: { version: 1 } } });
    expect(versionOf(store)).toBe(1);
    expect(versionOf(open())).toBe(1);
    expect(open().damage).toEqual([]);
    expect(statSync(at('release.dsse.json')).mode & 0o777).toBe(0o600);
  });

  it('says unchanged for the release in force, also when it has expired', async () => {
    const store = open();
    await store.offer(one, NOW);
    expect(await store.offer(one, NOW)).toEqual({ ok: true, value: 'unchanged' });
    expect(await store.offer(one, later(400))).toEqual({ ok: true, value: 'unchanged' });
  });

  it.each([
    ['unsigned', 'rules: []', 'DLP_POLICY_UNSIGNED'],
    ['changed', two.replace('"payload":"ey', '"payload":"eY'), 'DLP_POLICY_SIGNATURE'],
    ['signed by another', signed(newPolicyKeys().privateKeyPem, { version: 3 }), 'DLP_POLICY_SIGNATURE'],
    ['older', one, 'DLP_POLICY_OLDER'],
    ['of the same number', otherTwo, 'DLP_POLICY_OLDER'],
    ['malformed', signed(keys.privateKeyPem, { version: 3, source: 'rules: 1' }), 'DLP_POLICY_SCHEMA'],
    ['not begun', signed(keys.privateKeyPem, { version: 3, notBefore: later(1).toISOString() }), 'DLP_POLICY_NOT_YET'],
    [
      'expired',
      signed(keys.privateKeyPem, { version: 3, notBefore: later(-9).toISOString(), expires: later(-1).toISOString() }),
      'DLP_POLICY_EXPIRED',
    ],
  ])('refuses one that is %s and keeps the last good one', async (_, text, code) => {
    const store = open();
    await store.offer(two, NOW);
    const before = readFileSync(at('release.dsse.json'), 'utf8');
    expect(await store.offer(text, NOW)).toMatchObject({ ok: false, error: { code } });
    expect(versionOf(store)).toBe(2);
    expect(readFileSync(at('release.dsse.json'), 'utf8')).toBe(before);
  });

  it('keeps an expired release in force and says so', async () => {
    const store = open();
    await store.offer(one, NOW);
    expect(store.current(NOW)?.expired).toBe(false);
    expect(store.current(later(31))).toMatchObject({ expired: true, reference: { version: 1 } });
    expect(open().current(later(31))?.expired).toBe(true);
  });

  it.each(['release.dsse.json', 'release.copy.dsse.json'])(
    'goes on from the copy when %s is damaged, reports it and repairs it',
    async (name) => {
      await open().offer(two, NOW);
      writeFileSync(at(name), two.slice(0, 100));
      const store = open();
      expect(versionOf(store)).toBe(2);
      expect(store.damage).toMatchObject([{ code: 'DLP_POLICY_UNSIGNED' }]);
      expect(await store.offer(two, NOW)).toEqual({ ok: true, value: 'unchanged' });
      expect(open().damage).toEqual([]);
    },
  );

  it.each(['release.dsse.json', 'release.copy.dsse.json', 'newest.json'])(
    'does not go back to an older release when %s is deleted',
    async (name) => {
      await open().offer(two, NOW);
      rmSync(at(name));
      const store = open();
      expect(await store.offer(one, NOW)).toMatchObject({ ok: false, error: { code: 'DLP_POLICY_OLDER' } });
      expect(await store.offer(otherTwo, NOW)).toMatchObject({ ok: false, error: { code: 'DLP_POLICY_OLDER' } });
      expect(versionOf(store)).toBe(2);
    },
  );

  it('uses neither copy when both were put back to an older release', async () => {
    await open().offer(one, NOW);
    await open().offer(two, NOW);
    writeFileSync(at('release.dsse.json'), one);
    writeFileSync(at('release.copy.dsse.json'), one);
    const store = open();
    expect(store.current(NOW)).toBeUndefined();
    expect(store.damage).toMatchObject([{ code: 'DLP_POLICY_OLDER' }]);
    expect(await store.offer(one, NOW)).toMatchObject({ ok: false, error: { code: 'DLP_POLICY_OLDER' } });
    expect(await store.offer(two, NOW)).toMatchObject({ ok: true, value: { reference: { version: 2 } } });
  });

  it('reports a damaged mark and does without it', async () => {
    await open().offer(two, NOW);
    writeFileSync(at('newest.json'), '{"version":');
    expect(open().damage).toMatchObject([{ code: 'DLP_POLICY_SCHEMA' }]);
    expect(versionOf(open())).toBe(2);
  });

  it('has the new release after a crash between its files', async () => {
    await open().offer(one, NOW);
    writeFileSync(at('release.dsse.json'), two);
    const store = open();
    expect(versionOf(store)).toBe(2);
    expect(await store.offer(one, NOW)).toMatchObject({ ok: false, error: { code: 'DLP_POLICY_OLDER' } });
  });

  it('measures offers made at once one after the other', async () => {
    const store = open();
    const [second, first] = await Promise.all([store.offer(two, NOW), store.offer(one, NOW)]);
    expect(second.ok).toBe(true);
    expect(first).toMatchObject({ ok: false, error: { code: 'DLP_POLICY_OLDER' } });
    expect(versionOf(open())).toBe(2);
  });

  it('does not put in force what it could not keep', async () => {
    const store = open();
    rmSync(folder, { recursive: true });
    expect(await store.offer(one, NOW)).toMatchObject({ ok: false, error: { code: 'DLP_FILE_NOT_FOUND' } });
    expect(store.current(NOW)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });
});
