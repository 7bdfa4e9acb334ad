import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, open, readFile, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  decryptBytes,
  decryptFile,
  decryptFileWithoutDigest,
  encryptFile,
  encryptFileWithoutReceipt,
  generateIdentity,
  verifyFile,
  type EncryptionReceipt,
} from '../../src/age/index.ts';
import { temporaryFolder, throughFiles } from './temporary-files.ts';

const MIB = 1024 * 1024;
const { identity, recipient } = generateIdentity();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function receiptFor(content: Uint8Array): Promise<{ receipt: EncryptionReceipt; sealed: Buffer }> {
  const { result, written } = await throughFiles(content, (source, target) => encryptFile(source, target, [recipient]));
  if (!result.ok) throw new Error(result.error.message);
  return { receipt: result.value, sealed: written };
}

const verify = async (sealed: Uint8Array, receipt: EncryptionReceipt) =>
  (await throughFiles(sealed, (source) => verifyFile(source, receipt))).result;

describe('encryptFile', () => {
  // 40 MiB is past the size from which another thread hashes, and does not end on a chunk.
  it.each([0, 100, 3 * MIB + 5, 40 * MIB + 777])('seals %i bytes with a true receipt', async (size) => {
    const content = randomBytes(size);
    const { receipt, sealed } = await receiptFor(content);
    expect(receipt).toMatchObject({ bytes: size, sha256: sha256(content) });
    expect(receipt.fileKey).toHaveLength(16);
    expect(await verify(sealed, receipt)).toEqual({ ok: true, value: undefined });
    const { result, written } = await throughFiles(sealed, (source, target) => decryptFile(source, target, [identity]));
    expect(result).toEqual({ ok: true, value: { bytes: size, sha256: sha256(content) } });
    expect(written.equals(content)).toBe(true);
  });

  it('never uses a key or a nonce twice', async () => {
    const content = randomBytes(100);
    const [one, two] = [await receiptFor(content), await receiptFor(content)];
    expect(Buffer.from(one.receipt.fileKey).equals(two.receipt.fileKey)).toBe(false);
    expect(one.sealed.subarray(-116).equals(two.sealed.subarray(-116))).toBe(false);
  });

  it.each([
    ['no recipient', []],
    ['a misspelt recipient', [recipient, recipient.replace(/.$/, '!')]],
    ['more recipients than a header holds', Array.from({ length: 3000 }, () => recipient)],
  ])('refuses %s before it writes anything', async (_, recipients) => {
    const { result, written } = await throughFiles(randomBytes(10), (source, target) => encryptFile(source, target, recipients));
    expect(result).toMatchObject({ ok: false, error: { code: 'DLP_AGE_RECIPIENT' } });
    expect(written).toHaveLength(0);
  });

  it('seals as many recipients as its reader takes', async () => {
    const many = [...Array.from({ length: 1000 }, () => recipient), generateIdentity().recipient];
    const { result, written } = await throughFiles(randomBytes(10), (source, target) => encryptFile(source, target, many));
    expect(result.ok).toBe(true);
    expect(decryptBytes(written, [identity]).ok).toBe(true);
  });

  it('takes a file that changes its size meanwhile as one whole file', async () => {
    await using folder = await temporaryFolder();
    const content = randomBytes(8 * MIB);
    for (const change of [() => appendFile(folder.file('source'), content), () => truncate(folder.file('source'), MIB + 10)]) {
      await writeFile(folder.file('source'), content);
      await using source = await open(folder.file('source'), 'r');
      await using target = await open(folder.file('target'), 'w+');
      await target.truncate();
      let changed: Promise<void> | undefined;
      const result = await encryptFile(source, target, [recipient], () => {
        changed ??= change();
      });
      await changed;
      const opened = decryptBytes(await readFile(folder.file('target')), [identity]);
      if (!result.ok || !opened.ok) throw new Error('not sealed whole');
      expect({ bytes: opened.value.length, sha256: sha256(opened.value) }).toEqual({
        bytes: result.value.bytes,
        sha256: result.value.sha256,
      });
    }
  });
});

describe('progress', () => {
  it('counts up to the size of the source', async () => {
    const seen: number[] = [];
    const content = randomBytes(5 * MIB);
    const { written } = await throughFiles(content, (source, target) =>
      encryptFile(source, target, [recipient], (bytes) => seen.push(bytes)),
    );
    expect(seen.at(-1)).toBe(content.length);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    await throughFiles(written, (source, target) => decryptFile(source, target, [identity], (bytes) => seen.push(bytes)));
    expect(seen.at(-1)).toBeGreaterThan(content.length);
  });
});

describe('the forms without a digest', () => {
  it('write and read the same files', async () => {
    const content = randomBytes(3 * MIB + 1);
    const sealed = await throughFiles(content, (source, target) => encryptFileWithoutReceipt(source, target, [recipient]));
    expect(sealed.result).toEqual({ ok: true, value: { bytes: content.length } });
    const opened = await throughFiles(sealed.written, (source, target) => decryptFileWithoutDigest(source, target, [identity]));
    expect(opened.result).toEqual({ ok: true, value: { bytes: content.length } });
    expect(opened.written.equals(content)).toBe(true);
  });
});

describe('verifyFile', () => {
  it('refuses what is not the file of the receipt', async () => {
    const content = randomBytes(200_000);
    const { receipt, sealed } = await receiptFor(content);
    const other = await receiptFor(content);
    const flipped = Buffer.from(sealed);
    flipped.writeUInt8((flipped[100_000] ?? 0) ^ 1, 100_000);
    const refusal = { ok: false, error: { code: 'DLP_VERIFY_FAILED' } };
    expect(await verify(flipped, receipt)).toMatchObject(refusal);
    expect(await verify(sealed.subarray(0, -1), receipt)).toMatchObject(refusal);
    expect(await verify(new Uint8Array(0), receipt)).toMatchObject(refusal);
    expect(await verify(other.sealed, receipt)).toMatchObject(refusal);
    expect(await verify(sealed, { ...receipt, sha256: sha256(randomBytes(1)) })).toMatchObject(refusal);
    expect(await verify(sealed, { ...receipt, bytes: receipt.bytes + 1 })).toMatchObject(refusal);
    expect(await verify(sealed, receipt)).toMatchObject({ ok: true });
  });
});

describe('what the file system throws', () => {
  const onDevFull = (work: (source: FileHandle, target: FileHandle) => Promise<unknown>) =>
    throughFiles(randomBytes(40 * MIB), async (source) => {
      await using full = await open('/dev/full', 'r+');
      return await work(source, full);
    });

  it.skipIf(!existsSync('/dev/full'))('passes through: a full disk', async () => {
    await expect(onDevFull((source, target) => encryptFile(source, target, [recipient]))).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('passes through: a target that cannot be written', async () => {
    const content = randomBytes(3 * MIB);
    await using folder = await temporaryFolder();
    await writeFile(folder.file('target'), '');
    await using readOnly = await open(folder.file('target'), 'r');
    await expect(throughFiles(content, (source) => encryptFile(source, readOnly, [recipient]))).rejects.toMatchObject({ code: 'EBADF' });
  });
});
