import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseName, displayName } from '../../src/core/display-name.ts';

test.each([
  ['報告書.docx', '報告書.docx'],
  ['a\nfile.blocked forged', 'a\\u{000A}file.blocked forged'],
  ['invoice\u202Efdp.exe', 'invoice\\u{202E}fdp.exe'],
  ['zero\u200Bwidth', 'zero\\u{200B}width'],
  [Uint8Array.of(0x61, 0xff, 0x62), 'a\\xFFb'],
  [Uint8Array.of(0xe3, 0x81), '\\xE3\\x81'],
  [Uint8Array.of(0xc0, 0x80), '\\xC0\\x80'],
])('%s is shown as %s', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});

test('any bytes have a shown form without control or direction characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(displayName(bytes)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('valid UTF-8 without such characters is shown as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '名', '.', ' ', '😀', 'é') }), (name) => {
      expect(displayName(new TextEncoder().encode(name))).toBe(name);
    }),
  );
});

test('the last part of a path', () => {
  expect(baseName('a/b/c.txt')).toBe('c.txt');
  expect(baseName('c.txt')).toBe('c.txt');
});
