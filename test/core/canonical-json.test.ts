import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.ts';

test('the example of RFC 8785 section 3.2.3 (sorting by UTF-16 code units)', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew',
    '1': 'One',
    '\ud83d\ude00': 'Emoji',
    '\u0080': 'Control',
    '\u00f6': 'o',
  };
  const names = Object.values(JSON.parse(canonicalJson(value)) as Record<string, string>);
  // JSON.parse moves the integer-like key first, as the RFC's order has it second; the text is what counts.
  expect(canonicalJson(value).indexOf('Carriage')).toBeLessThan(canonicalJson(value).indexOf('"One"'));
  expect(names.slice(-3)).toEqual(['Euro Sign', 'Emoji', 'Hebrew']);
});

test('does not depend on the order of keys and keeps the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [[undefined]], [() => 1], [1n]])('%s has no form', (value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
