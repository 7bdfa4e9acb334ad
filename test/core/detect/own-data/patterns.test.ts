import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomPattern } from '../../../../src/contracts/policy.ts';
import { LONGEST_MATCH, PatternAutomaton } from '../../../../src/core/detect/own-data/pattern/automaton.ts';
import { parsePattern } from '../../../../src/core/detect/own-data/pattern/parse-pattern.ts';
import { patternRefusal, Patterns } from '../../../../src/core/detect/own-data/patterns.ts';

const refusal = (regex: string) => patternRefusal({ regex, 'ignore-case': false });

function matches(regex: string, text: string, ignoreCase = false): string[] {
  const seen: string[] = [];
  new PatternAutomaton(parsePattern(regex, ignoreCase)).scan(text, 0, text.length, (start, end) => seen.push(text.slice(start, end)));
  return seen;
}

function found(pattern: Partial<CustomPattern> & { regex: string }, text: string) {
  const companion = new Patterns([{ id: 'p', 'ignore-case': false, near: 300, ...pattern }]).companion();
  companion.addText(text, { line: 1 });
  return companion.finish().findings.map(({ confidence, count, distinct }) => `${confidence}:${count}/${distinct}`);
}

describe('patterns that are refused', () => {
  // Shapes of CWE-1333 and of OWASP "Regular expression Denial of Service - ReDoS".
  it.each([
    ['(a+)+b', 'nested-repeat'],
    ['([a-zA-Z]+)*x', 'nested-repeat'],
    ['(a|aa)+$', 'overlapping-repeat'],
    ['(a|a?)+b', 'overlapping-repeat'],
    ['(.*a){12}', 'wide-repeats'],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'overlapping-repeat'],
    ['(?:a{1,20}){1,20}', 'nested-repeat'],
    ['.*foo.*bar', 'wide-repeats'],
    ['[^,]*,[^;]+', 'wide-repeats'],
    ['(a)\\1', 'backreference'],
    ['(?<n>a)\\k<n>', 'backreference'],
    ['(?=a)b', 'lookaround'],
    ['(?<!a+)b', 'lookaround'],
    ['a*', 'matches-nothing'],
    ['\\b|^', 'matches-nothing'],
    ['(a', 'syntax'],
    ['[b-a]', 'syntax'],
    ['[𠮷]', 'unsupported'],
    ['a{1000}', 'too-large'],
    ['(?:x{200}){200}', 'too-large'],
    ['('.repeat(40) + 'a' + ')'.repeat(40), 'too-large'],
  ])('%s: %s', (regex, expected) => {
    expect(refusal(regex)).toBe(expected);
  });

  it.each([
    'EMP-\\d{6}',
    '(\\d+,)+\\d+',
    '(?:\\d{1,3}\\.){3}\\d{1,3}',
    'a.*b',
    '社員番号[:：]?\\s*(\\d{4})',
    '(?:\\w+@\\w+\\.)+com',
    '𠮷野',
    '[-a]x',
  ])('not %s', (regex) => {
    expect(refusal(regex)).toBe(null);
  });
});

describe('the automaton', () => {
  it('finds the leftmost longest matches', () => {
    expect(matches('EMP-\\d{4,6}', 'EMP-1234 xEMP-1234567, EMP-12')).toEqual(['EMP-1234', 'EMP-123456']);
    expect(matches('ab|abc|c', 'abcc')).toEqual(['abc', 'c']);
    expect(matches('\\bcat\\b', 'cat concat 猫cat猫 cat_')).toEqual(['cat', 'cat']);
    expect(matches('^x$', 'x\nxx\nx')).toEqual(['x', 'x']);
    expect(matches('\\p{Script=Han}{2}', '山田タロウ田中')).toEqual(['山田', '田中']);
    expect(matches('project-[a-z]+', 'PROJECT-Ginkgo', true)).toEqual(['PROJECT-Ginkgo']);
    expect(matches('（株）', '(株)')).toEqual(['(株)']);
    expect(matches('[^\\d\\s]x', 'ax 1x')).toEqual(['ax']);
    expect(matches('\\u{20bb7}野', '𠮷野')).toEqual(['𠮷野']);
  });

  const unit = fc.constantFrom('a', 'b', '1', ' ', '\n');
  const atom = fc.constantFrom('a', 'b', '1', '\\d', '\\w', '[ab]', '[^a]', '.', '\\b', '\\B', '^', '$', '\\s');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `${one}${other}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '+?')).map(([of, count]) => `(?:${of})${count}`),
    ),
  }));

  it('agrees with the language’s own matcher on every place and length', () => {
    fc.assert(
      fc.property(pattern, fc.array(unit, { maxLength: 12 }), (regex, units) => {
        const text = units.join('');
        const expected: string[] = [];
        for (let start = 0; start < text.length; start++) {
          for (let end = text.length; end > start; end--) {
            const whole = new RegExp(`(?:${regex})(?<=^[^]{${end}})(?<![^]{${end + 1}})`.replace('(?<=^', '(?<='), 'uym');
            whole.lastIndex = start;
            if (!whole.test(text)) continue;
            expected.push(text.slice(start, end));
            start = end - 1;
            break;
          }
        }
        expect(matches(regex, text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('steps at most so often for each unit, whatever the pattern and the text', () => {
    const hostile = fc.array(fc.constantFrom('a', 'aa', 'b', '1', ' '), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pattern, hostile, (regex, parts) => {
        fc.pre(refusal(regex) === null);
        const text = parts.join('').repeat(500);
        const automaton = new PatternAutomaton(parsePattern(regex, false));
        automaton.scan(text, 0, text.length, () => {});
        expect(automaton.steps).toBeLessThanOrEqual(text.length * (LONGEST_MATCH + 1));
      }),
      { numRuns: 200 },
    );
  });

  it('takes no more steps an input unit on a long hostile text than on a short one', () => {
    const stepsOn = (length: number) => {
      const automaton = new PatternAutomaton(parsePattern('(?:\\d+-)+x', false));
      automaton.scan('1'.repeat(length), 0, length, () => {});
      return automaton.steps / length;
    };
    expect(stepsOn(100_000)).toBe(stepsOn(1000));
  });
});

describe('patterns of a policy', () => {
  it('count matches and values; masked samples; places', () => {
    const companion = new Patterns([{ id: 'employee', regex: 'EMP-\\d{6}', 'ignore-case': false, near: 300 }]).companion();
    companion.addText('EMP-123456\nEMP-123456 EMP-654321', { line: 1 });
    const [finding] = companion.finish().findings;
    expect(finding).toMatchObject({ detector: 'custom.employee', confidence: 'high', count: 3, distinct: 2, reasons: ['custom-pattern'] });
    expect(finding?.where).toEqual([{ line: 1 }, { line: 2 }, { line: 2 }]);
    expect(finding?.samples.join()).not.toMatch(/123|654/);
  });

  it('must pass their validator', () => {
    expect(found({ regex: '\\d{12}', validator: 'my-number' }, '123456789018 123456789012')).toEqual(['high:1/1']);
    expect(found({ regex: '[\\d ]{16,19}', validator: 'luhn' }, 'x4111 1111 1111 1111x 4111 1111 1111 1112')).toEqual(['high:1/1']);
    expect(found({ regex: '[A-Z]{2}\\d{20}', validator: 'mod-97' }, 'DE88370400440532013000')).toEqual([]);
    expect(found({ regex: '[A-Z]{2}[\\d ]{20,26}\\d', validator: 'mod-97' }, 'DE89 3704 0044 0532 0130 00')).toEqual(['high:1/1']);
  });

  it('count as low without a word of their context nearby', () => {
    const pattern = { regex: '\\d{6}', context: ['社員番号'], near: 20 };
    expect(found(pattern, '社員番号: 123456')).toEqual(['high:1/1']);
    expect(found(pattern, '123456')).toEqual(['low:1/1']);
    expect(found(pattern, `社員番号${'x'.repeat(30)}123456`)).toEqual(['low:1/1']);
  });
});
