import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decryptBytes, decryptFile } from '../../src/age/index.ts';
import { encodeHeader, parseHeader } from '../../src/age/header.ts';
import { throughFiles } from './temporary-files.ts';

const FOLDER = join(import.meta.dirname, 'vectors');
const CODES: Readonly<Record<string, string>> = {
  'header failure': 'DLP_AGE_HEADER',
  'HMAC failure': 'DLP_AGE_HEADER',
  'payload failure': 'DLP_AGE_PAYLOAD',
  'no match': 'DLP_AGE_NO_MATCH',
};

interface Vector {
  readonly name: string;
  readonly expected: string;
  readonly payload: string | undefined;
  readonly fileKey: string | undefined;
  readonly identities: readonly string[];
  readonly file: Buffer;
}

function readVector(name: string): Vector {
  const bytes = readFileSync(join(FOLDER, name));
  const end = bytes.indexOf('\n\n');
  const fields = bytes
    .toString('utf8', 0, end)
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const);
  const value = (key: string) => fields.find(([field]) => field === key)?.[1];
  const file = bytes.subarray(end + 2);
  return {
    name,
    expected: value('expect') ?? '',
    payload: value('payload'),
    fileKey: value('file key'),
    identities: fields.filter(([key]) => key === 'identity').map(([, identity]) => identity),
    file: value('compressed') === 'zlib' ? inflateSync(file) : file,
  };
}

const vectors = readdirSync(FOLDER)
  .filter((name) => !/^README|^\./.test(name))
  .map(readVector);

const good = vectors.filter(({ expected }) => expected === 'success');
const bad = vectors.filter(({ expected }) => expected in CODES);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the public age test vectors', () => {
  it('are all here', () => {
    expect([good.length, bad.length]).toEqual([14, 54]);
  });

  it.each(good)('$name opens', async ({ payload, identities, file }) => {
    const opened = decryptBytes(file, identities);
    expect(opened.ok && sha256(opened.value)).toBe(payload);
    const { result, written } = await throughFiles(file, (source, target) => decryptFile(source, target, identities));
    expect(result).toEqual({ ok: true, value: { bytes: written.length, sha256: payload } });
    expect(sha256(written)).toBe(payload);
  });

  it.each(bad)('$name is refused: $expected', async ({ expected, identities, file }) => {
    const refusal = { ok: false, error: { code: CODES[expected] } };
    expect(decryptBytes(file, identities)).toMatchObject(refusal);
    const { result } = await throughFiles(file, (source, target) => decryptFile(source, target, identities));
    expect(result).toMatchObject(refusal);
  });

  it.each(good)('the header of $name comes out of our encoder again', ({ file, fileKey }) => {
    const header = parseHeader(file);
    if (!header.ok) throw new Error(header.error.message);
    const again = encodeHeader(header.value.stanzas, Buffer.from(fileKey ?? '', 'hex'));
    expect(again.toString('latin1')).toBe(file.toString('latin1', 0, header.value.length));
  });
});
