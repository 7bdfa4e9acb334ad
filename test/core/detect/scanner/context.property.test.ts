import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextLiterals, CONTEXT_PATTERNS } from '../../../../scripts/scanner/context-literals.ts';
import { encodings } from '../../../../scripts/scanner/encodings.ts';
import { normalise } from '../../../../src/core/detect/normalise.ts';
import { CONTEXT_GROUPS, Scanner, type ContextGroup, type ContextNear, type Engine } from '../../../../src/core/detect/scanner/index.ts';
import { engine } from './scan.ts';
import { windows } from './windows.ts';

const ENGINES = [engine('wasm'), engine('plain')];
const REACH = 300;
/** Half-width kana of Shift_JIS, two in a row, may be one character of UTF-8: how many stand there cannot be told. */
const MAY_BE_UTF8 = /[\xc2-\xdf][\x80-\xbf]/;
const NUMBER = '123456789018';
const spelled = [...new Set(contextLiterals().map(({ text }) => text))];
const word = fc.constantFrom(...spelled);
const filler = fc.constantFrom(' a', ' ', ' ', '\n', '、', 'の', '番号', '被', 'ｱ', ' x_', ': ', 'カード', ' 0');
/** Words between fillers, some of which are long enough to put words out of reach. No letters join a wide character: to the scanner one may be the second byte of another. */
const around = fc
  .array(
    fc.tuple(fc.option(word, { nil: '' }), filler, fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 160 }))),
    {
      maxLength: 14,
    },
  )
  .map((pieces) => pieces.map(([text, between, times]) => text + between.repeat(times)).join(''));

describe.each(ENGINES)('on the $name engine', (on) => {
  test.each(['utf-8', 'shift_jis'])('context is what the patterns of the detectors find in %s', (encoding) => {
    fc.assert(
      fc.property(around, around, (before, behind) => {
        const text = `${before} ${NUMBER} ${behind}`;
        const bytes = encodings(text, false, 0)[encoding === 'utf-8' || !/[^\0-\x7f]/.test(text) ? 0 : 1];
        if (bytes === undefined || (encoding === 'shift_jis' && MAY_BE_UTF8.test(Buffer.from(bytes).toString('latin1')))) return;
        const found = contexts(on, bytes);
        for (const group of CONTEXT_GROUPS) {
          const { before: left, behind: right } = found.get(group) ?? { before: undefined, behind: undefined };
          expect([text, group, left?.distance, right?.distance]).toEqual([text, group, ...expected(text, before.length + 1, group)]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('both engines give the same context, however a file is cut', () => {
  fc.assert(
    fc.property(windows, around, fc.integer({ min: 0, max: 3000 }), (bytes, text, cut) => {
      const file = Buffer.concat([Buffer.alloc(260_096 - 700, 'text '), Buffer.from(text), bytes, Buffer.from(`${text} ${NUMBER}`), bytes]);
      const at = file.length - cut;
      const [wasm, plain] = ENGINES.map((on) => everyContext(on, file));
      expect(plain).toEqual(wasm);
      expect(ENGINES.map((on) => everyContext(on, file.subarray(0, at), file.subarray(at)))).toEqual([wasm, plain]);
    }),
    { numRuns: 40 },
  );
});

test('a word tells where it begins and whether a line ends before the number', () => {
  const file = Buffer.from(`氏名 山田\n個人番号\r\n${NUMBER} 電話`);
  const found = contexts(ENGINES[0] as Engine, file);
  expect(found.get('my-number')).toEqual({ before: { start: 14, distance: 6, sameLine: false }, behind: undefined });
  expect(found.get('phone')).toEqual({ before: undefined, behind: { start: file.length - 6, distance: 13, sameLine: true } });
});

/** The context of the number, by group. */
function contexts(on: Engine, file: Uint8Array): Map<ContextGroup, ContextNear> {
  const found = new Map<ContextGroup, ContextNear>();
  const scanner = new Scanner(on, (candidate, surroundings) => {
    if (candidate.what !== 'value' || candidate.kind !== 'jp.my-number') return;
    for (const group of CONTEXT_GROUPS) found.set(group, surroundings.context(group));
  });
  scanner.push(file);
  scanner.finish();
  return found;
}

function everyContext(on: Engine, ...pieces: readonly Uint8Array[]): unknown[] {
  const found: unknown[] = [];
  const scanner = new Scanner(on, (candidate, surroundings) => {
    found.push(candidate, ...CONTEXT_GROUPS.map((group) => surroundings.context(group)));
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.finish();
  return found;
}

/** Distances to the nearest matches before a place and behind it, in text as it is written: every spelling here has as many characters as its word, but voiced kana. */
function expected(text: string, at: number, group: ContextGroup): (number | undefined)[] {
  let before: number | undefined;
  let behind: number | undefined;
  const pattern = new RegExp(CONTEXT_PATTERNS[group], 'iy');
  const [plain, places] = withPlaces(text);
  for (const [index, place] of places.entries()) {
    pattern.lastIndex = index;
    if (!pattern.test(plain)) continue;
    if (place < at && at - place <= REACH) before = at - place;
    else if (place >= at && place - at <= REACH) behind ??= place - at;
  }
  return [before, behind];
}

/** A text normalised character by character, with the place of each in the original. */
function withPlaces(text: string): [string, number[]] {
  let plain = '';
  const places: number[] = [];
  for (const match of text.matchAll(/.[\uff9e\uff9f]?/gsu)) {
    const written = normalise(match[0]);
    for (let index = 0; index < written.length; index++) places.push(match.index);
    plain += written;
  }
  return [plain, places];
}
