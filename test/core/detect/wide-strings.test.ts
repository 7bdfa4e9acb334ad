import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../bench/scan/random.ts';
import { WideStrings } from '../../../src/core/detect/wide-strings.ts';
import { detectSegments, findingOf } from './detect-text.ts';

const VALUES = ['card number 4539148803436467', 'taro@kaisha.co.jp', 'AKIAIOSFODNN7QRSTUVW'];

function wide(text: string, order: 'little' | 'big'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'little' ? bytes : bytes.swap16();
}

function strings(bytes: Uint8Array, cuts: readonly number[] = []): string[] {
  const found = new WideStrings();
  let from = 0;
  let text = '';
  for (const to of [...cuts, bytes.length]) {
    found.push(bytes.subarray(from, to));
    text += found.take(false);
    from = to;
  }
  text += found.take(true);
  return text.split('\n').filter((line) => line !== '');
}

describe('strings in UTF-16 among other bytes', () => {
  it.each(['little', 'big'] as const)('are found at every place, in %s endian', (order) => {
    for (let shift = 0; shift < 33; shift++) {
      const noise = new Uint8Array(100 + shift).fill(0xcc);
      expect(strings(Buffer.concat([noise, wide('Hello, world', order), noise]))).toEqual(['Hello, world']);
    }
  });

  it('are found wherever the bytes are cut, once each', () => {
    const random = new Random(3);
    const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => 0x80 + random.below(0x80));
    const parts = VALUES.flatMap((value) => [noise(37), wide(value, 'little')]);
    const bytes = Buffer.concat([...parts, noise(9), wide('x'.repeat(9000), 'big')]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        expect(
          strings(
            bytes,
            cuts.toSorted((a, b) => a - b),
          ),
        ).toEqual([...VALUES, 'x'.repeat(9000)]);
      }),
    );
  });

  it('hold no more than a little, however long a run goes on', () => {
    const found = new WideStrings();
    for (let piece = 0; piece < 100; piece++) found.push(wide('a'.repeat(10_000), 'little'));
    expect(found.length).toBeGreaterThan(999_000 - 10_000);
    expect(found.take(true).length).toBe(1_000_001);
  });

  it.each([
    ['a word too short', 'Hello world'],
    ['nothing', ''],
  ])('are not %s', (_, text) => {
    expect(strings(Buffer.concat([Uint8Array.of(0xcc, 0xcc), wide(text, 'little'), Uint8Array.of(0xcc)]))).toEqual([]);
  });

  it('are not zeros, nor numbers of 16 bits', () => {
    expect(strings(new Uint8Array(4096))).toEqual([]);
    expect(strings(Uint8Array.from({ length: 4096 }, (_, at) => (at % 4 === 0 ? 0x41 : 0)))).toEqual([]);
  });
});

describe('detection', () => {
  const random = new Random(5);
  const noise = Uint8Array.from({ length: 3001 }, () => random.below(256));

  it.each([
    [VALUES[0] ?? '', 'credit-card'],
    [VALUES[1] ?? '', 'email'],
    [VALUES[2] ?? '', 'secret.aws'],
  ])('finds in a binary %s', (value, detector) => {
    const bytes = Buffer.concat([noise, Buffer.from('4539148803436467 '), wide(value, 'little'), noise]);
    const [from, to] = [bytes.subarray(0, 3030), bytes.subarray(3030)];
    const detection = detectSegments([
      { kind: 'bytes', bytes: from, encoding: 'binary', place: { part: 'a.exe', line: 1 }, unfinished: true },
      { kind: 'bytes', bytes: to, encoding: 'binary', place: { part: 'a.exe', line: 2 } },
    ]);
    expect(findingOf(detection, detector)).toMatchObject({ distinct: 1, where: expect.arrayContaining([{ part: 'a.exe' }]) });
  });
});
