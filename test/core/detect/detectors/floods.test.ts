import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Collector } from '../../../../src/core/detect/index.ts';

const CHARACTERS = 24_000;
/** Patterns look at a few hundred characters around a candidate, and candidates may stand side by side. */
const MOST_STEPS_A_CHARACTER = 1000;

/** Characters that patterns and searches passed over. */
let steps = 0;

/** Every search in a text goes through one of these three. What fails right where it begins counts as one. */
function countSteps(): void {
  const exec = Reflect.get(RegExp.prototype, 'exec');
  vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = Reflect.apply(exec, this, [text]);
    if (found === null) steps += this.sticky ? 1 : text.length - from;
    else steps += found.index + found[0].length - from;
    return found;
  });
  const indexOf = Reflect.get(String.prototype, 'indexOf');
  vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, sought, from = 0) {
    const found: number = Reflect.apply(indexOf, this, [sought, from]);
    steps += found < 0 ? Math.max(0, this.length - from) : found - from;
    return found;
  });
  const lastIndexOf = Reflect.get(String.prototype, 'lastIndexOf');
  vi.spyOn(String.prototype, 'lastIndexOf').mockImplementation(function (this: string, sought, from = this.length) {
    const found: number = Reflect.apply(lastIndexOf, this, [sought, from]);
    steps += Math.min(from, this.length) - Math.max(0, found);
    return found;
  });
}

function stepsFor(unit: string): number {
  const collector = new Collector();
  const bytes = Buffer.from(unit.repeat(CHARACTERS / unit.length));
  steps = 0;
  collector.add({ kind: 'bytes', bytes, encoding: 'utf-8', place: { line: 1 } });
  collector.finish();
  return steps;
}

describe('a long line of one sign, word or value', () => {
  beforeEach(countSteps);
  afterEach(() => vi.restoreAllMocks());

  it.each(
    (
      '㊙|㊙😀|＠|〒|様|市|県|氏名|姓|姓:|氏名:山田|田中|山田太郎|社外秘|社外秘 |(秘)|confidential|use only|生年月日|1980年1月2日|東京都|' +
      '東京都千代田区1-1-1|0-|1-2-|123-4567-|090-1234-5678 |1.2.3.4 |::|@a.b|a@b.co |password=|pw:a |name: X|1'
    ).split('|'),
  )('is read in steps bounded by its length: %s', (unit) => {
    expect(stepsFor(unit)).toBeLessThan(MOST_STEPS_A_CHARACTER * CHARACTERS);
  });

  it('is counted', () => {
    expect(stepsFor('社外秘 ')).toBeGreaterThan(CHARACTERS);
  });
});
