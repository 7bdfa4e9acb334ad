import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { encryptBytes, generateIdentity, isAgeFile } from '../../../src/age/index.ts';
import { actionFor, type GuardHarness, key, makeHarness } from './harness.ts';

let harness: GuardHarness;
afterEach(() => harness.close());

/** A policy like the shipped ones: what cannot be read is encrypted, age files too. */
const strict = { decide: (content: Buffer) => (isAgeFile(content) ? 'encrypt' : actionFor(content)) } as const;

function sealed(text: string, recipient: string): Buffer {
  const file = encryptBytes(Buffer.from(text), [recipient]);
  if (!file.ok) throw new Error(file.error.message);
  return file.value;
}

async function enforced(path: string): Promise<GuardHarness['seen'][number]> {
  await harness.until(() => harness.seen.some(({ arrival }) => arrival.path === path));
  return harness.seen.find(({ arrival }) => arrival.path === path) as GuardHarness['seen'][number];
}

test.each([
  ['with an identity', [key.identity]],
  ['without one, by what it wrote', []],
])('what the guard encrypted is left alone when the medium comes back, %s', async (_how, recoverIdentities) => {
  harness = await makeHarness({ ...strict, recoverIdentities });
  await harness.start();
  await writeFile(join(harness.root, 'list.csv'), 'encrypt these names');
  await enforced('list.csv');
  const before = await readFile(join(harness.root, 'list.csv.age'));
  await harness.restart();
  expect((await enforced('list.csv.age')).outcome).toMatchObject({ done: true });
  expect((await enforced('list.csv.age')).outcome).not.toHaveProperty('storedAs');
  expect(await readFile(join(harness.root, 'list.csv.age'))).toEqual(before);
});

test('what another PC of the organisation encrypted is known by the identity', async () => {
  harness = await makeHarness({ ...strict, recoverIdentities: [key.identity] });
  const file = sealed('names', key.recipient);
  await writeFile(join(harness.root, 'from-sales.age'), file);
  await harness.start();
  expect((await enforced('from-sales.age')).outcome).not.toHaveProperty('storedAs');
  expect(await readFile(join(harness.root, 'from-sales.age'))).toEqual(file);
});

test('an age file to somebody else is encrypted to the organisation', async () => {
  harness = await makeHarness({ ...strict, recoverIdentities: [key.identity] });
  await writeFile(join(harness.root, 'private.age'), sealed('names', generateIdentity().recipient));
  await harness.start();
  expect((await enforced('private.age')).outcome).toMatchObject({ done: true, storedAs: 'private.age.age' });
});

test.each([
  ['with an identity', [key.identity]],
  ['without one', []],
])('a genuine header with plaintext behind it does not pass, %s', async (_how, recoverIdentities) => {
  harness = await makeHarness({ ...strict, recoverIdentities });
  const file = sealed('a'.repeat(200_000), key.recipient);
  file.write('plaintext names, many of them', 100_000);
  await writeFile(join(harness.root, 'forged.age'), file);
  await harness.start();
  expect((await enforced('forged.age')).outcome).toMatchObject({ done: true, storedAs: 'forged.age.age' });
});
