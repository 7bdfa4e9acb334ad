import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf16Text } from '../../src/extract/utf16-text.ts';

const EXTRACT = join(import.meta.dirname, '../../src/extract');

describe('UTF-16 from files', () => {
  it('reads whole characters and leaves out an odd byte', () => {
    expect(utf16Text(Buffer.from('極秘', 'utf16le'))).toBe('極秘');
    expect(utf16Text(Buffer.concat([Buffer.from('極秘', 'utf16le'), Buffer.from([0x41])]))).toBe('極秘');
    expect(utf16Text(Buffer.from([0x41]))).toBe('');
  });

  it('survives long text of odd length at an odd address, which ends Node itself when it is not made even', () => {
    const length = 1_048_585;
    const bytes = Buffer.from(new ArrayBuffer(length + 8), 1, length);
    for (let round = 0; round < 20; round++) expect(utf16Text(bytes)).toHaveLength((length - 1) / 2);
  });

  it('is the only way of the extractors', () => {
    const users = readdirSync(EXTRACT, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('utf16-text.ts'))
      .filter((file) => /utf16le|ucs-?2/.test(readFileSync(join(EXTRACT, file), 'utf8')));
    expect(users).toEqual([]);
  });
});
