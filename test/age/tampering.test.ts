import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decryptBytes, decryptFile, encryptBytes, generateIdentity } from '../../src/age/index.ts';
import { SEALED_CHUNK_BYTES } from '../../src/age/chunks.ts';
import { parseHeader } from '../../src/age/header.ts';
import { throughFiles } from './temporary-files.ts';

const { identity, recipient } = generateIdentity();
const NONCE_BYTES = 16;

function sealed(bytes: number): { file: Buffer; payload: number } {
  const file = encryptBytes(randomBytes(bytes), [recipient]);
  if (!file.ok) throw new Error(file.error.message);
  const header = parseHeader(file.value);
  if (!header.ok) throw new Error(header.error.message);
  return { file: file.value, payload: header.value.length + NONCE_BYTES };
}

const THREE = sealed(2 * 65536 + 100);
const chunk = (index: number): Buffer =>
  THREE.file.subarray(THREE.payload + index * SEALED_CHUNK_BYTES, THREE.payload + (index + 1) * SEALED_CHUNK_BYTES);
const head = THREE.file.subarray(0, THREE.payload);
const nonceStart = THREE.payload - NONCE_BYTES;

function flipped(at: number): Buffer {
  const copy = Buffer.from(THREE.file);
  copy.writeUInt8((copy[at] ?? 0) ^ 1, at);
  return copy;
}

async function codes(file: Uint8Array): Promise<unknown[]> {
  const inMemory = decryptBytes(file, [identity]);
  const { result } = await throughFiles(file, (source, target) => decryptFile(source, target, [identity]));
  return [inMemory, result].map((each) => (each.ok ? 'opened' : each.error.code));
}

const both = (code: string): string[] => [code, code];

describe('a file', () => {
  it('opens when nobody touched it', async () => {
    expect(await codes(THREE.file)).toEqual(both('opened'));
  });

  it.each<[string, Buffer, string]>([
    ['nothing in it', Buffer.alloc(0), 'DLP_AGE_HEADER'],
    ['other contents', randomBytes(1000), 'DLP_AGE_HEADER'],
    ['its header cut off', THREE.file.subarray(0, 60), 'DLP_AGE_HEADER'],
    ['its MAC line cut off', THREE.file.subarray(0, nonceStart - 1), 'DLP_AGE_HEADER'],
    ['its nonce missing', THREE.file.subarray(0, nonceStart), 'DLP_AGE_HEADER'],
    ['its nonce cut off', THREE.file.subarray(0, THREE.payload - 1), 'DLP_AGE_HEADER'],
    ['no chunk', head, 'DLP_AGE_PAYLOAD'],
    ['half a tag', THREE.file.subarray(0, THREE.payload + 8), 'DLP_AGE_PAYLOAD'],
    ['its last byte missing', THREE.file.subarray(0, -1), 'DLP_AGE_PAYLOAD'],
    ['its last chunk missing', Buffer.concat([head, chunk(0), chunk(1)]), 'DLP_AGE_PAYLOAD'],
    ['all but its first chunk missing', Buffer.concat([head, chunk(0)]), 'DLP_AGE_PAYLOAD'],
    ['its first chunk missing', Buffer.concat([head, chunk(1), chunk(2)]), 'DLP_AGE_PAYLOAD'],
    ['two chunks exchanged', Buffer.concat([head, chunk(1), chunk(0), chunk(2)]), 'DLP_AGE_PAYLOAD'],
    ['a chunk repeated', Buffer.concat([head, chunk(0), chunk(0), chunk(1), chunk(2)]), 'DLP_AGE_PAYLOAD'],
    ['its last chunk repeated', Buffer.concat([THREE.file, chunk(2)]), 'DLP_AGE_PAYLOAD'],
    ['a byte after it', Buffer.concat([THREE.file, Buffer.from('x')]), 'DLP_AGE_PAYLOAD'],
    ['a chunk of zeros after it', Buffer.concat([THREE.file, Buffer.alloc(SEALED_CHUNK_BYTES)]), 'DLP_AGE_PAYLOAD'],
    ['another file after it', Buffer.concat([THREE.file, THREE.file]), 'DLP_AGE_PAYLOAD'],
    ['a bit of its MAC flipped', flipped(nonceStart - 10), 'DLP_AGE_HEADER'],
    ['a bit of its nonce flipped', flipped(nonceStart), 'DLP_AGE_PAYLOAD'],
    ['a bit of its first chunk flipped', flipped(THREE.payload), 'DLP_AGE_PAYLOAD'],
    ['a bit of a tag flipped', flipped(THREE.payload + SEALED_CHUNK_BYTES - 1), 'DLP_AGE_PAYLOAD'],
    ['a bit of its last chunk flipped', flipped(THREE.file.length - 20), 'DLP_AGE_PAYLOAD'],
  ])('with %s is refused', async (_, file, code) => {
    expect(await codes(file)).toEqual(both(code));
  });

  it('with any bit of its wrapped key flipped is refused', () => {
    const text = THREE.file.toString('latin1', 0, nonceStart);
    const body = text.indexOf('\n', text.indexOf('-> X25519')) + 1;
    for (let at = text.indexOf('-> X25519') + '-> X25519 '.length; at < body + 43; at += 1) {
      expect(decryptBytes(flipped(at), [identity]).ok).toBe(false);
    }
  });

  it('for others does not open, and says so', async () => {
    const stranger = generateIdentity().identity;
    expect(decryptBytes(THREE.file, [stranger])).toMatchObject({ ok: false, error: { code: 'DLP_AGE_NO_MATCH' } });
    expect(decryptBytes(THREE.file, [])).toMatchObject({ ok: false, error: { code: 'DLP_AGE_NO_MATCH' } });
    const { result, written } = await throughFiles(THREE.file, (source, target) => decryptFile(source, target, [stranger]));
    expect(result).toMatchObject({ ok: false, error: { code: 'DLP_AGE_NO_MATCH' } });
    expect(written).toHaveLength(0);
  });

  it('with a stanza of an unknown type slipped in is refused, though such stanzas are skipped', () => {
    const text = THREE.file.toString('latin1', 0, nonceStart).replace('-> X25519', '-> unknown.example/type a b\nAAAA\n-> X25519');
    const changed = Buffer.concat([Buffer.from(text, 'latin1'), THREE.file.subarray(nonceStart)]);
    // The MAC covers skipped stanzas too.
    expect(decryptBytes(changed, [identity])).toMatchObject({ ok: false, error: { code: 'DLP_AGE_HEADER' } });
  });
});
