import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAnyGlob, matchesGlob } from '../../../src/core/policy/glob.ts';

/** The plain recursive definition, exponential but obviously right. */
function bySpecification(pattern: readonly string[], subject: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return subject.length === 0;
  if (first === '*') return bySpecification(rest, subject) || (subject.length > 0 && bySpecification(pattern, subject.slice(1)));
  return subject.length > 0 && (first === '?' || first === subject[0]) && bySpecification(rest, subject.slice(1));
}

describe('matchesGlob', () => {
  it.each([
    ['*.docx', 'report.docx', true],
    ['*.docx', 'REPORT.DOCX', true],
    ['*.docx', 'report.doc', false],
    ['*', '', true],
    ['?', '', false],
    ['?', '𠮷', true],
    ['社外秘*', '社外秘 一覧.xlsx', true],
    ['\u30ab\u3099イド', '\u30acイド', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['[a]', 'a', false],
    ['a.c', 'abc', false],
    ['4C53*', '4c530001', true],
  ])('%s against %s is %s', (pattern, subject, expected) => {
    expect(matchesGlob(pattern, subject)).toBe(expected);
  });

  it('says what the recursive definition says', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 });
    const subjects = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 10 });
    fc.assert(
      fc.property(letters, subjects, (pattern, subject) => {
        expect(matchesGlob(pattern.join(''), subject.join(''))).toBe(bySpecification(pattern, subject));
      }),
    );
  });

  it('comes back from the pattern that makes a backtracking matcher hang', () => {
    expect(matchesGlob(`${'*a'.repeat(120)}b`, 'a'.repeat(15_000))).toBe(false);
  });
});

describe('matchesAnyGlob', () => {
  it('finds an exact entry and a wild one in a long list', () => {
    const serials = Array.from({ length: 10_000 }, (_, index) => `SN${index}`);
    expect(matchesAnyGlob(serials, 'sn9999')).toBe(true);
    expect(matchesAnyGlob(serials, 'SN10000')).toBe(false);
    expect(matchesAnyGlob([...serials, 'SN1000?'], 'SN10000')).toBe(true);
  });
});
