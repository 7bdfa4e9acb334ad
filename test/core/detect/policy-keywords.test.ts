import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keywordDetectors } from '../../../src/core/detect/detectors/policy-keywords.ts';
import { Collector } from '../../../src/core/detect/index.ts';

function found(words: readonly string[], text: string): number {
  const collector = new Collector({ keywords: [{ id: 'project', words }] });
  collector.add({ kind: 'text', text, place: {} });
  return collector.finish().findings.find(({ detector }) => detector === 'custom.project')?.count ?? 0;
}

test.each([
  ['tri-x', 'the TRI-X plan'],
  ['C++', 'written in c++ only'],
  ['a.b', 'a.b'],
  ['極秘計画', '社内の極秘計画です'],
  ['ＡＢＣ', 'abc'],
])('%s is found as plain text', (word, text) => {
  expect(found([word], text)).toBe(1);
});

test('a dot is a dot', () => {
  expect(found(['a.b'], 'axb')).toBe(0);
});

test('any words that a policy may hold make a detector', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 2, maxLength: 20, unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (words) => {
      expect(keywordDetectors([{ id: 'project', words }])).toHaveLength(1);
    }),
  );
});
