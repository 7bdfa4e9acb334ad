import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpus } from '../../../bench/detect-quality/corpus.ts';
import { Random } from '../../../bench/scan/random.ts';
import { encodings } from '../../../scripts/scanner/encodings.ts';
import { Collector, type ByteEncoding, type Detection, type Segment } from '../../../src/core/detect/index.ts';
import { detectSegments, findingOf, summary } from './detect-text.ts';

const SIZE = { each: 6, documents: 4 } as const;

function encode(text: string, encoding: 'utf-8' | 'shift_jis'): Uint8Array | undefined {
  const [utf8, shiftJis] = encodings(text, false, 0);
  return encoding === 'utf-8' || !/[^\0-\x7f]/.test(text) ? utf8 : shiftJis;
}

/** The same segments with their text as bytes; undefined where the encoding cannot write it. */
function asBytes(segments: readonly Segment[], encoding: 'utf-8' | 'shift_jis'): Segment[] | undefined {
  const changed: Segment[] = [];
  for (const segment of segments) {
    const bytes = segment.kind === 'text' ? encode(segment.text, encoding) : undefined;
    if (segment.kind === 'row') changed.push(segment);
    else if (bytes === undefined) return undefined;
    else changed.push({ kind: 'bytes', bytes, encoding, place: segment.place });
  }
  return changed;
}

function detectBytes(bytes: Uint8Array, encoding: ByteEncoding, cuts: readonly number[] = []): Detection {
  const collector = new Collector();
  let from = 0;
  let line = 1;
  for (const to of [...cuts, bytes.length]) {
    collector.add({ kind: 'bytes', bytes: bytes.subarray(from, to), encoding, place: { line }, unfinished: to < bytes.length });
    line += bytes.subarray(from, to).filter((byte) => byte === 0x0a).length;
    from = to;
  }
  return collector.finish();
}

describe.each(['utf-8', 'shift_jis'] as const)('bytes in %s', (encoding) => {
  it('give what their text gives, places too', () => {
    let compared = 0;
    for (const { segments } of corpus(35, SIZE)) {
      const bytes = asBytes(segments, encoding);
      if (bytes === undefined) continue;
      compared++;
      expect(detectSegments(bytes)).toEqual(detectSegments(segments));
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('give the same wherever they are cut, in the middle of characters too', () => {
    const text = `${'本日の会議、資料を共有。\n'.repeat(30)}氏名：佐藤花子　電話０９０−１２３４−５６７８\n個人番号 123456789018\n`.repeat(
      4,
    );
    const bytes = encode(text.replaceAll('−', 'ー'), encoding) ?? new Uint8Array();
    const whole = detectBytes(bytes, encoding);
    expect(summary(whole)).toContain('jp.my-number:high:1');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }), (cuts) => {
        expect(
          detectBytes(
            bytes,
            encoding,
            cuts.toSorted((a, b) => a - b),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('other bytes', () => {
  it('of windows-1252 are read as what they are', () => {
    const bytes = Uint8Array.from(Buffer.from('Préférence: card number 4539148803436467', 'latin1'));
    expect(summary(detectBytes(bytes, 'windows-1252'))).toEqual(['credit-card:high:1']);
  });

  it('that are no text give what is printable in them', () => {
    const bytes = Buffer.concat([Buffer.from([0, 1, 2, 255, 254]), Buffer.from('taro@kaisha.co.jp'), Buffer.from([0, 0, 3])]);
    expect(summary(detectBytes(bytes, 'binary'))).toEqual(['email:high:1']);
  });

  it.each([
    ['card number 4539148803436467', 'credit-card'],
    ['AKIAIOSFODNN7QRSTUVW', 'secret.aws'],
    ['taro@kaisha.co.jp', 'email'],
    ['個人番号：123456789018', 'jp.my-number'],
    ['個人番号：１２３４５６７８９０１８', 'jp.my-number'],
    ['氏名：田中太郎', 'jp.person-name'],
    ['【社外秘】', 'keyword.confidential'],
    ['東京都千代田区丸の内1丁目2番3号', 'jp.address'],
    ['パスワード：hQ7!vx2Lp', 'secret.password'],
  ])('that are random hide no value in ASCII or UTF-8: %s', (value, detector) => {
    const random = new Random(7);
    for (let shift = 0; shift < 64; shift++) {
      const noise = Uint8Array.from({ length: 4096 + shift }, () => random.below(256));
      const bytes = Buffer.concat([noise, Uint8Array.of(0), Buffer.from(value), Uint8Array.of(0), noise]);
      const found = findingOf(detectBytes(bytes, 'binary'), detector);
      expect(found?.confidence, `${shift} bytes further`).toMatch(/^(?:medium|high)$/);
    }
  });

  it.each([
    ['taro@kaisha.co.jp', 'high'],
    ['user@mail.toyota', 'high'],
    ['v7@j.bna', 'low'],
    ['n33@c.gs', 'low'],
    ['E-Mail: v7@j.bna', 'high'],
    ['メール v7@j.bna', 'high'],
  ])('that are no text ask more of an address than its form: %s', (written, confidence) => {
    const bytes = Buffer.concat([Buffer.from([0, 1, 2, 255, 254]), Buffer.from(written), Buffer.from([0, 0, 3])]);
    expect(summary(detectBytes(bytes, 'binary'))).toEqual([`email:${confidence}:1`]);
    expect(summary(detectBytes(Buffer.from(`an address, ${written}`), 'utf-8'))).toEqual(['email:high:1']);
  });

  it.each([
    ['㊙あ', 'low'],
    ['【㊙】', 'high'],
    ['㊙ 社内資料', 'high'],
  ])('that are no text ask more of the sign ㊙ than to be there: %s', (written, confidence) => {
    const bytes = Buffer.concat([Buffer.from([0, 1, 2, 255, 254]), Buffer.from(written), Buffer.from([0, 0, 3])]);
    expect(summary(detectBytes(bytes, 'binary'))).toEqual([`keyword.confidential:${confidence}:1`]);
  });

  it('name the line of a value far behind the beginning', () => {
    const bytes = Buffer.from(`${'x\n'.repeat(400_000)}個人番号 123456789018`);
    const cuts = Array.from({ length: Math.floor(bytes.length / 65_536) }, (_, index) => (index + 1) * 65_536);
    expect(findingOf(detectBytes(bytes, 'utf-8', cuts), 'jp.my-number')?.where).toEqual([{ line: 400_001 }]);
  });
});
