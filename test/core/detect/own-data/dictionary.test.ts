import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeywordList } from '../../../../src/contracts/effect.ts';
import { Dictionary } from '../../../../src/core/detect/own-data/dictionary.ts';
import { WordAutomaton } from '../../../../src/core/detect/own-data/word-automaton.ts';

function found(lists: readonly KeywordList[], ...texts: string[]) {
  const companion = new Dictionary(lists).companion();
  let line = 1;
  for (const text of texts) {
    companion.addText(text, { line });
    line += text.split('\n').length - 1;
  }
  return companion.finish().findings;
}

describe('the automaton', () => {
  it('finds the example of Aho and Corasick', () => {
    const seen: [number, number][] = [];
    new WordAutomaton(['he', 'she', 'his', 'hers']).scan('ushers', 0, 6, (word, start) => seen.push([word, start]));
    expect(seen).toEqual([
      [1, 1],
      [0, 2],
      [3, 2],
    ]);
  });

  it('finds what looking for each word alone finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'ア', '鶴'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }), fc.array(letters, { maxLength: 40 }), (words, parts) => {
        const text = parts.join('');
        const expected = words.flatMap((word, number) =>
          Array.from({ length: text.length }, (_, start) => start)
            .filter((start) => text.startsWith(word, start))
            .map((start) => `${number}@${start}`),
        );
        const seen: string[] = [];
        new WordAutomaton(words).scan(text, 0, text.length, (word, start) => seen.push(`${word}@${start}`));
        expect(seen.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});

describe('word lists of a policy', () => {
  it('are folded, and found across pieces and line breaks, in their place', () => {
    const [finding] = found([{ id: 'ginkgo', words: ['Project Ginkgo', '銀杏計画'] }], 'one\ntwo PROJECT\nGin', 'kgo 銀杏', '計画\n');
    expect(finding).toMatchObject({ detector: 'custom.ginkgo', confidence: 'high', count: 2, distinct: 2, reasons: ['policy-keyword'] });
    expect(finding?.samples).toEqual(['Project Ginkgo', '銀杏計画']);
    expect(finding?.where).toEqual([{ line: 2 }, { line: 3 }]);
  });

  it('as whole words respect Latin and katakana, and nothing else', () => {
    const list = { id: 'x', words: ['ink', 'アイス', '機密'], 'whole-words': true };
    expect(found([list], 'link アイスクリーム inkjet')).toEqual([]);
    expect(found([list], 'an ink, アイスを 極機密書類')[0]).toMatchObject({ count: 3 });
    expect(found([{ ...list, 'whole-words': false }], 'link アイスクリーム')[0]).toMatchObject({ count: 2 });
  });

  it('may share words, and spell them as they like', () => {
    const lists = [
      { id: 'one', words: ['ＡＢＣ', 'abc'] },
      { id: 'two', words: ['Abc'] },
    ];
    expect(found(lists, 'abc').map(({ detector, count, distinct }) => [detector, count, distinct])).toEqual([
      ['custom.one', 1, 1],
      ['custom.two', 1, 1],
    ]);
  });

  it('are found in the cells of a table', () => {
    const companion = new Dictionary([{ id: 'x', words: ['鶴'] }]).companion();
    companion.addRow(['id', 'name'], { sheet: 'S', line: 1 });
    companion.addRow(['1', '鶴'], { sheet: 'S', line: 2 });
    expect(companion.finish().findings[0]?.where).toEqual([{ sheet: 'S', line: 2, cell: 'B2' }]);
  });

  it('are found once each in a text of many windows', () => {
    const text = `${'x'.repeat(999)}鶴`.repeat(200);
    expect(found([{ id: 'x', words: ['鶴', 'x鶴'] }], text)[0]).toMatchObject({ count: 400, distinct: 2 });
    const pieces = text.match(/.{1,777}/gsu) ?? [];
    expect(found([{ id: 'x', words: ['鶴', 'x鶴'] }], ...pieces)[0]).toMatchObject({ count: 400, distinct: 2 });
  });
});
