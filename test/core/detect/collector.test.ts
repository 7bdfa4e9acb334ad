import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../../src/contracts/finding.ts';
import { Collector } from '../../../src/core/detect/index.ts';
import { DETECTORS } from '../../../src/core/detect/detectors/index.ts';
import { DETECTOR_IDS } from '../../../src/contracts/finding.ts';
import { detectSegments, detectText, findingOf, summary } from './detect-text.ts';

const VALUES = ['個人番号 123456789018', 'taro@kaisha.co.jp', '電話 090-1234-5678', 'カード番号 4539148803436467'];

describe('windows', () => {
  it('finds the same wherever the text is cut into segments', () => {
    const filler = 'あいうえお、かきくけこ。'.repeat(40);
    const text = VALUES.map((value) => `${filler}\n${value}\n`).join('');
    const whole = summary(detectText(text));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const segments = edges
          .slice(1)
          .map((end, index) => ({ kind: 'text', text: text.slice(edges[index], end), place: {}, unfinished: true }) as const);
        expect(summary(detectSegments(segments))).toEqual(whole);
      }),
    );
  });

  it.each([65_500, 65_530, 65_536, 65_540, 66_560, 131_072])('counts a match once at character %d of one long line', (offset) => {
    const text = `${'.'.repeat(offset - 10)} 個人番号 123456789018 ${'.'.repeat(70_000)}`;
    expect(findingOf(detectText(text), 'jp.my-number')).toMatchObject({ count: 1, distinct: 1, confidence: 'high' });
  });

  it('tells lines, cells and members', () => {
    const collector = new Collector();
    collector.add({ kind: 'text', text: `a\nb\n${'x\n'.repeat(50_000)}個人番号 123456789018`, place: { part: 'a.txt', line: 1 } });
    collector.add({ kind: 'row', table: 1, cells: ['', '電話', '090-1234-5678'], place: { sheet: 'S', line: 7 } });
    const detection = collector.finish();
    expect(findingOf(detection, 'jp.my-number')?.where).toEqual([{ part: 'a.txt', line: 50_003 }]);
    expect(findingOf(detection, 'jp.phone')?.where).toEqual([{ sheet: 'S', line: 7, cell: 'C7' }]);
  });

  it('does not carry context from one member into the next', () => {
    const detection = detectSegments([
      { kind: 'text', text: '個人番号', place: { part: 'a' } },
      { kind: 'text', text: '123456789018', place: { part: 'b' } },
    ]);
    expect(summary(detection)).toEqual(['jp.my-number:low:1']);
  });
});

describe('hostile text', () => {
  it.each([
    ['one digit', '1'],
    ['letters', 'a'],
    ['at signs', '@'],
    ['a mail address without end', 'a.'],
    ['groups of digits', '1234-'],
    ['key headers', '-----BEGIN '],
    ['JWT beginnings', 'eyJeyJ.'],
    ['prefectures', '東京都'],
    ['quotes', 'password="'],
    ['IBAN letters', 'GB82WEST'],
  ])('of %s is finished with', (_, unit) => {
    const detection = detectText(unit.repeat(2_000_000 / unit.length));
    expect(detection.findings.every((each) => finding.safeParse(each).success)).toBe(true);
  });
});

describe('samples', () => {
  const open = new Set(['keyword.confidential']);

  it('never hold the value', () => {
    for (const detector of DETECTORS.filter(({ id }) => !open.has(id))) {
      fc.assert(
        fc.property(fc.stringMatching(/^[0-9A-Za-z@.]{13,64}$/), (text) => {
          const value = detector.id === 'email' ? `${text.replaceAll('@', '')}@kaisha.jp` : text;
          expect(detector.mask(value)).not.toContain(value);
        }),
        { numRuns: 30 },
      );
    }
  });

  it('leave at least seven of the twelve digits of a My Number out', () => {
    const sample = findingOf(detectText('個人番号 123456789018'), 'jp.my-number')?.samples[0];
    expect(sample).toBe('12********18');
  });
});

describe('findings', () => {
  it('fit the contract whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const detection = detectText(`${text} ${VALUES.join(' ')}`);
        for (const each of detection.findings) expect(finding.parse(each)).toEqual(each);
      }),
    );
  });

  it('come from a detector for every id of the contract', () => {
    expect(DETECTORS.map(({ id }) => id).toSorted()).toEqual([...DETECTOR_IDS].toSorted());
  });

  it('count a value once, at its highest confidence', () => {
    const detection = detectText(`マイナンバー 123456789018${' .'.repeat(400)} 123456789018`);
    expect(summary(detection)).toEqual(['jp.my-number:high:1']);
  });
});
