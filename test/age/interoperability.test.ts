import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { Decrypter, Encrypter } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { decryptBytes, decryptFile, encryptBytes, encryptFile, formatIdentityFile, generateIdentity } from '../../src/age/index.ts';
import { AGE_IS_INSTALLED } from './stock-age.ts';
import { temporaryFolder, throughFiles } from './temporary-files.ts';

const MIB = 1024 * 1024;
/** Around the edges of a chunk and of a batch of sixteen. */
const SIZES = [0, 1, 65535, 65536, 65537, 131072, MIB, MIB + 1, 2 * MIB, 2 * MIB + 65537];

function age(args: string[]): Buffer {
  const run = spawnSync('age', args, { maxBuffer: 8 * MIB });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return run.stdout;
}

describe.skipIf(!AGE_IS_INSTALLED)('the stock age program', () => {
  it.each(SIZES)('opens our file of %i bytes with each recipient', async (size) => {
    await using folder = await temporaryFolder();
    const people = [generateIdentity(), generateIdentity(), generateIdentity()];
    const content = randomBytes(size);
    const { result, written } = await throughFiles(content, (source, target) =>
      encryptFile(
        source,
        target,
        people.map(({ recipient }) => recipient),
      ),
    );
    expect(result).toMatchObject({ ok: true, value: { bytes: size } });
    await writeFile(folder.file('ours.age'), written);
    for (const { identity } of people) {
      await writeFile(folder.file('key'), formatIdentityFile(identity, new Date()));
      expect(age(['-d', '-i', folder.file('key'), folder.file('ours.age')]).equals(content)).toBe(true);
    }
  });

  it.each(SIZES)('has its file of %i bytes opened by us', async (size) => {
    await using folder = await temporaryFolder();
    const [one, two] = [generateIdentity(), generateIdentity()];
    const content = randomBytes(size);
    await writeFile(folder.file('content'), content);
    age(['-r', one.recipient, '-r', two.recipient, '-o', folder.file('theirs.age'), folder.file('content')]);
    await using source = await open(folder.file('theirs.age'), 'r');
    await using target = await open(folder.file('opened'), 'wx');
    const result = await decryptFile(source, target, [generateIdentity().identity, two.identity]);
    expect(result).toMatchObject({ ok: true, value: { bytes: size } });
    expect((await readFile(folder.file('opened'))).equals(content)).toBe(true);
  });
});

describe('the npm package age-encryption', () => {
  it.each(SIZES)('opens our %i bytes, and we open its', async (size) => {
    const { identity, recipient } = generateIdentity();
    const content = randomBytes(size);
    const ours = encryptBytes(content, [generateIdentity().recipient, recipient]);
    if (!ours.ok) throw new Error(ours.error.message);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(ours.value)).equals(content)).toBe(true);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const theirs = decryptBytes(await encrypter.encrypt(content), [identity]);
    expect(theirs.ok && theirs.value.equals(content)).toBe(true);
  });
});
