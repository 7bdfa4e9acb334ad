import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAgeFile } from '../../src/age/index.ts';
import { authenticatesHeader, encodeHeader, parseHeader, MAX_HEADER_BYTES, type Stanza } from '../../src/age/header.ts';

const argument = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});
const stanza: fc.Arbitrary<Stanza> = fc.record({
  args: fc.array(argument, { minLength: 1, maxLength: 4 }).filter(([type]) => type !== 'scrypt'),
  body: fc.uint8Array({ maxLength: 200 }),
});
const stanzas = fc.array(stanza, { minLength: 1, maxLength: 6 });
const fileKey = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('the header', () => {
  it('comes back as it was written, whatever follows it', () => {
    fc.assert(
      fc.property(stanzas, fileKey, fc.uint8Array({ maxLength: 50 }), (written, key, rest) => {
        const bytes = encodeHeader(written, key);
        const read = parseHeader(Buffer.concat([bytes, rest]));
        if (!read.ok) throw new Error(read.error.message);
        expect(read.value.length).toBe(bytes.length);
        expect(read.value.stanzas.map(({ args, body }) => ({ args, body: [...body] }))).toEqual(
          written.map(({ args, body }) => ({ args, body: [...body] })),
        );
        expect(authenticatesHeader(key, read.value)).toBe(true);
      }),
    );
  });

  it('has one encoding: every other text is refused or no longer authentic', () => {
    fc.assert(
      fc.property(stanzas, fileKey, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, key, place, change) => {
        const bytes = encodeHeader(written, key);
        const at = place % bytes.length;
        bytes.writeUInt8((bytes[at] ?? 0) ^ change, at);
        const read = parseHeader(bytes);
        expect(read.ok && authenticatesHeader(key, read.value)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when cut off anywhere', () => {
    const bytes = encodeHeader(
      [
        { args: ['X25519', 'share'], body: randomBytes(48) },
        { args: ['other'], body: new Uint8Array(0) },
      ],
      randomBytes(16),
    );
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseHeader(bytes.subarray(0, length))).toMatchObject({ ok: false, error: { code: 'DLP_AGE_HEADER' } });
    }
  });

  it('is refused, never thrown at, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, announced) => {
        const text = announced ? Buffer.concat([Buffer.from('age-encryption.org/v1\n-> '), bytes]) : bytes;
        expect(parseHeader(text)).toMatchObject({ ok: false, error: { code: 'DLP_AGE_HEADER' } });
      }),
    );
  });

  it('is refused beyond the size limit instead of being read without end', () => {
    const endless = Buffer.concat([Buffer.from('age-encryption.org/v1\n-> x\n'), Buffer.alloc(MAX_HEADER_BYTES + 1, 'A')]);
    expect(parseHeader(endless)).toMatchObject({ ok: false, error: { code: 'DLP_AGE_HEADER' } });
  });

  it.each([
    ['line feeds turned to CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['one CRLF', (text: string) => text.replace('\n', '\r\n')],
    ['padded base64', (text: string) => text.replace('\n---', '=\n---')],
    ['an empty line in front', (text: string) => `\n${text}`],
    ['two spaces between arguments', (text: string) => text.replace('X25519 ', 'X25519  ')],
    ['a space at the end of a line', (text: string) => text.replace('\n---', ' \n---')],
    ['no stanza', (text: string) => text.replace(/->[^]*?(?=---)/, '')],
    ['another version', (text: string) => text.replace('/v1', '/v2')],
    ['a lone passphrase stanza beside another', (text: string) => text.replace('-> X25519', '-> scrypt AAAA 10\nAAAA\n-> X25519')],
  ])('is refused with %s', (_, spoil) => {
    const text = encodeHeader([{ args: ['X25519', 'share'], body: Buffer.alloc(32) }], Buffer.alloc(16)).toString('latin1');
    expect(parseHeader(Buffer.from(text)).ok).toBe(true);
    expect(spoil(text)).not.toBe(text);
    expect(parseHeader(Buffer.from(spoil(text), 'latin1'))).toMatchObject({ ok: false, error: { code: 'DLP_AGE_HEADER' } });
  });

  it('tells what an armored file is', () => {
    const armored = Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n');
    expect(parseHeader(armored)).toMatchObject({ ok: false, error: { message: expect.stringContaining('armored') } });
  });
});

describe('isAgeFile', () => {
  it.each([
    ['age-encryption.org/v1\n', true],
    ['age-encryption.org/v1\n-> X25519', true],
    ['age-encryption.org/v1', false],
    ['age-encryption.org/v2\n', false],
    ['', false],
    ['PK\u0003\u0004', false],
  ])('%j: %s', (head, expected) => {
    expect(isAgeFile(Buffer.from(head))).toBe(expected);
  });
});
