import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engine, scan } from './scan.ts';
import { windows } from './windows.ts';

const wasm = engine('wasm');
const plain = engine('plain');

describe('the compiled scanner and its twin', () => {
  test('give the same candidates for pieces of numbers, words and noise', () => {
    fc.assert(
      fc.property(windows, (bytes) => {
        expect(scan(plain, bytes)).toEqual(scan(wasm, bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('give the same candidates for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(scan(plain, bytes)).toEqual(scan(wasm, bytes));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([wasm, plain])('of the $name engine do not depend on how a file is cut', (on) => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 12 });
    fc.assert(
      fc.property(windows, fc.integer({ min: 0, max: 1 }), cuts, (bytes, windowsBefore, lengths) => {
        // Before it stands text that puts the numbers around the scanner's window boundary.
        const lead = Buffer.alloc(windowsBefore * 260_096 + 512 - Math.min(512, bytes.length), 'text ');
        const file = Buffer.concat([lead, bytes]);
        expect(scan(on, ...cut(file, lengths, lead.length))).toEqual(scan(on, file));
      }),
      { numRuns: 40 },
    );
  });

  test.each([wasm, plain])('of the $name engine are the same a byte at a time', (on) => {
    fc.assert(
      fc.property(windows, (bytes) => {
        expect(scan(on, ...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(scan(on, bytes));
      }),
      { numRuns: 100 },
    );
  });
});

/** Cuts a file near `around` into pieces of these lengths. */
function cut(file: Uint8Array, lengths: readonly number[], around: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = Math.max(0, around - 2000);
  pieces.push(file.subarray(0, at));
  for (const length of lengths) {
    pieces.push(file.subarray(at, at + length));
    at += length;
  }
  pieces.push(file.subarray(at));
  return pieces;
}
