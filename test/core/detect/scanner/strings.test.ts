import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engine, scanAs } from './scan.ts';
import { windows } from './windows.ts';

const wasm = engine('wasm');
const plain = engine('plain');
/** What parts strings: bytes that are neither printable nor of a character in UTF-8. */
const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte < 0x80 ? byte % 8 : 0xf8 | byte)));
const mixed = fc
  .array(fc.oneof({ weight: 3, arbitrary: windows }, { weight: 2, arbitrary: noise }), { maxLength: 8 })
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)));
const kindsIn = (bytes: Uint8Array): string[] => scanAs(wasm, [bytes, 'strings']).map(({ kind }) => kind);
const between = (text: string, lead = 1): Uint8Array =>
  Buffer.concat([Buffer.alloc(lead, 0xff), Buffer.from(text), Buffer.from([0x80, 0x00, 0x01])]);

/** Whether a place is in a string: the definition, the slow way. */
function isInString(bytes: Uint8Array, place: number): boolean {
  const text = Buffer.from(bytes).toString('latin1');
  for (const run of text.matchAll(/(?:[\t\n\r\x20-\x7e]|[\xe0-\xef][\x80-\xbf]{2})+/g)) {
    if (place < run.index || place >= run.index + run[0].length) continue;
    return run[0].length >= 8 || /[\xe0-\xef][\x80-\xbf]{2}[\xe0-\xef]/.test(run[0]);
  }
  return false;
}

describe('strings in bytes that are no text', () => {
  test.each([wasm, plain])('give the $name engine the candidates that the same text gives', (on) => {
    fc.assert(
      fc.property(mixed, (bytes) => {
        const all = scanAs(on, [bytes, 'utf-8']);
        const found = new Set(scanAs(on, [bytes, 'strings']).map((candidate) => JSON.stringify(candidate)));
        // A shorter word is pointed to by what follows it, which then is no text: there is no value behind it.
        const told = all.filter(({ what, start, end }) => what === 'value' || end - start >= 4);
        // What has other bytes inside, such as digits of Shift_JIS, is in no string.
        const whole = told.filter(({ start, end }) => bytes.slice(start, end).every((_, index) => isInString(bytes, start + index)));
        expect(whole.filter((candidate) => !found.has(JSON.stringify(candidate)))).toEqual([]);
        expect(all.map((candidate) => JSON.stringify(candidate))).toEqual(expect.arrayContaining([...found]));
      }),
      { numRuns: 1000 },
    );
  });

  test('give both engines the same candidates', () => {
    fc.assert(
      fc.property(fc.oneof(mixed, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        expect(scanAs(plain, [bytes, 'strings'])).toEqual(scanAs(wasm, [bytes, 'strings']));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([wasm, plain])('of the $name engine are the same however they are cut', (on) => {
    fc.assert(
      fc.property(mixed, fc.integer({ min: 0, max: 1 }), fc.array(fc.nat(4000), { maxLength: 6 }), (bytes, windowsBefore, cuts) => {
        const lead = Buffer.alloc(windowsBefore * 260_096 + 512 - Math.min(512, bytes.length), 0xff);
        const file = Buffer.concat([lead, bytes]);
        const places = [0, ...cuts.map((cut) => lead.length + cut), file.length].toSorted((a, b) => a - b);
        const pieces = places.slice(1).map((to, index) => [file.subarray(places[index], to), 'strings'] as const);
        expect(scanAs(on, ...pieces)).toEqual(scanAs(on, [file, 'strings']));
      }),
      { numRuns: 60 },
    );
  });

  test.each([wasm, plain])('are told by the $name engine from text beside them', (on) => {
    const secret = Buffer.concat([Buffer.from([0xff]), Buffer.from('㊙'), Buffer.from([0xff])]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('utf-8', 'strings'), { maxLength: 12 }), fc.nat(70_000), (readings, gap) => {
        const filled = Buffer.concat([secret, Buffer.alloc(gap, 0xff)]);
        const found = scanAs(on, ...readings.map((reading) => [filled, reading] as const)).map(({ start }) => start);
        expect(found).toEqual(readings.flatMap((reading, index) => (reading === 'utf-8' ? [index * filled.length + 1] : [])));
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['a card', '4539148803436467', 'credit-card'],
    ['a number at its beginning', '123456789018 is it', 'jp.my-number'],
    ['an address', 'a@b.co.jp', 'email'],
    ['a name', '山田太郎', 'jp.person-name'],
    ['a name in kanji alone', '林誠一', 'jp.person-name'],
    ['a word of two characters', '極秘', 'keyword.confidential'],
    ['an address of the network', '10.1.2.34', 'ip-address'],
    ['a number that a dash of three bytes joins', '1234−5678−9018', 'jp.my-number'],
  ])('hold %s at every place of a block', (_, value, kind) => {
    for (let lead = 1; lead < 140; lead++) expect([lead, ...kindsIn(between(value, lead))]).toContain(kind);
  });

  test.each([
    ['too few bytes', 'a@b.co'],
    ['one sign', '㊙'],
    ['a number in seven bytes', '1.2.3.4'],
  ])('are not %s', (_, value) => {
    for (let lead = 1; lead < 140; lead++) expect(kindsIn(between(value, lead))).toEqual([]);
  });
});
