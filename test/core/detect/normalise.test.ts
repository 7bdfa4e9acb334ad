import { describe, expect, it } from 'vitest';
import { normalise } from '../../../src/core/detect/normalise.ts';

/** All that stand for themselves in every place, without those that are half of a pair. */
const CHARACTERS = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter((each) => !/[\ud800-\udfff]/.test(each));
const DASHES = /[\u2010-\u2015\u2212\u2500\u30fc\ufe63]/;

describe('folding', () => {
  it('leaves no compatibility form, whichever characters are told to need none', () => {
    const left = CHARACTERS.filter((each) => {
      const folded = normalise(`a${each}b`);
      return folded !== folded.normalize('NFKC');
    });
    expect(left).toEqual([]);
  });

  it('makes a hyphen of every dash between digits', () => {
    const dashes = CHARACTERS.filter((each) => DASHES.test(each));
    expect(dashes.map((dash) => normalise(`090${dash}1234`))).toEqual(dashes.map(() => '090-1234'));
  });

  it.each([
    ['São Paulo — “übermäßig”', 'São Paulo — “übermäßig”'],
    ['e\u0301', 'é'],
    ['1980–1990年', '1980-1990年'],
    ['①０９０ー１２３４', ' 090-1234'],
    ['㊙', 'マル秘'],
  ])('writes %s as %s', (written, folded) => expect(normalise(written)).toBe(folded));
});
