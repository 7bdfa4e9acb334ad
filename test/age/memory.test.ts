import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptBytes, encryptBytes, encryptBytesProved, generateIdentity } from '../../src/age/index.ts';

const { identity, recipient } = generateIdentity();

describe.each([
  ['encryptBytes', encryptBytes],
  ['encryptBytesProved', encryptBytesProved],
])('%s', (_name, encrypt) => {
  it('gives what any age program opens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200_000, size: 'max' }), (bytes) => {
        const sealed = encrypt(Buffer.from(bytes), [recipient]);
        if (!sealed.ok) throw new Error(sealed.error.message);
        const opened = decryptBytes(sealed.value, [identity]);
        expect(opened.ok && opened.value.equals(bytes)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072])('takes %i bytes', (length) => {
    const sealed = encrypt(Buffer.alloc(length, 'x'), [recipient]);
    if (!sealed.ok) throw new Error(sealed.error.message);
    const opened = decryptBytes(sealed.value, [identity]);
    expect(opened.ok && opened.value.equals(Buffer.alloc(length, 'x'))).toBe(true);
  });

  it('fails without a recipient', () => {
    expect(encrypt(Buffer.from('x'), [])).toMatchObject({ ok: false, error: { code: 'DLP_AGE_RECIPIENT' } });
  });
});
