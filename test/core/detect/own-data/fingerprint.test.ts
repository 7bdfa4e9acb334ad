import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FingerprintBuilder } from '../../../../src/core/detect/own-data/fingerprint/fingerprint-builder.ts';
import { Fingerprints } from '../../../../src/core/detect/own-data/fingerprint/fingerprints.ts';
import { parseFingerprints } from '../../../../src/core/detect/own-data/fingerprint/index-format.ts';
import { CERTAIN, Winnower } from '../../../../src/core/detect/own-data/fingerprint/winnow.ts';
import { normalise } from '../../../../src/core/detect/normalise.ts';

const PLAN = [
  '新製品「鶴」は来年四月に発売する。価格は一台あたり四万八千円とし、初年度に三万台を見込む。部品は大阪の工場で組み立て、電池は韓国の会社から買う。競合他社の発表より先に、三月の展示会で試作機を見せる予定である。この計画は役員会の承認を得るまで社外に出してはならない。担当者は週に一度、進み具合を報告すること。',
  'The acquisition of the northern warehouse will close in the second quarter. Legal counsel has agreed to the price of four million, payable in two instalments, provided that the environmental survey finds nothing. Until the announcement nobody outside the working group may learn of it, and all drafts stay on the encrypted share of the finance department.',
] as const;

function bytesOf(documents: Record<string, readonly string[]>, ignored: readonly string[] = []): Uint8Array {
  const builder = new FingerprintBuilder();
  for (const [name, paragraphs] of Object.entries(documents)) {
    builder.document(name);
    for (const text of paragraphs) builder.addText(`${normalise(text)}\n`);
  }
  if (ignored.length > 0) builder.ignored();
  for (const text of ignored) builder.addText(`${normalise(text)}\n`);
  return Uint8Array.from(builder.finish().parts.flatMap((part) => [...part]));
}

const index = bytesOf({ 'plan.docx': PLAN });

function inText(text: string, terms: { share?: number; sharedLength?: number } = {}, of = index) {
  const parts = parseFingerprints(of);
  if (!parts.ok) throw new Error(parts.error);
  const companion = new Fingerprints(parts.value, { id: 'plan', share: 0.5, sharedLength: 150, ...terms }).companion();
  companion.addText(normalise(text), { line: 1 });
  return companion.finish().findings;
}

describe('winnowing', () => {
  const prints = (text: string) => {
    const kept = new Set<number>();
    const winnower = new Winnower((print) => kept.add(print));
    winnower.add(text);
    winnower.end();
    return kept;
  };

  it('keeps a common print of any two texts that share a run of the guaranteed length', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '鶴', 'の', '1', ' ', '\n'), maxLength: 60 });
    const shared = fc.string({ unit: fc.constantFrom('a', 'c', '山', '2'), minLength: CERTAIN, maxLength: CERTAIN + 10 });
    fc.assert(
      fc.property(letters, letters, letters, letters, shared, (a, b, c, d, run) => {
        const one = prints(a + run + b);
        expect([...prints(c + run + d)].some((print) => one.has(print))).toBe(true);
      }),
    );
  });

  it('sees letters alone, whatever stands between them and in whatever pieces they come', () => {
    const text = PLAN[1].repeat(3);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(text.length), fc.constantFrom(' ', '\n', '-', '  ', '。')), { maxLength: 40 }), (puts) => {
        const spaced = puts
          .toSorted((a, b) => b[0] - a[0])
          .reduce((whole, [at, put]) => whole.slice(0, at) + put + whole.slice(at), text.toUpperCase());
        const kept = new Set<number>();
        const winnower = new Winnower((print) => kept.add(print));
        for (const piece of spaced.match(/[^]{1,17}/g) ?? []) winnower.add(piece);
        winnower.end();
        expect(kept).toEqual(prints(text));
      }),
    );
  });
});

describe('passages of a document', () => {
  it('are found in another text, set anew', () => {
    const wrapped = PLAN[0].replaceAll(/(.{20})/g, '$1\n  ');
    const [finding] = inText(`前略\n${wrapped}\n以上`);
    expect(finding).toMatchObject({ detector: 'custom.plan', confidence: 'high', count: 1, distinct: 1, reasons: ['fingerprint'] });
    expect(finding?.samples[0]).toMatch(/^plan\.docx \(1, (?:9\d|100) %\)$/);
    const wide = PLAN[1].replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    expect(inText(wide)).toMatchObject([{ count: 1 }]);
    expect(inText(PLAN.join('\n'))).toMatchObject([{ count: 2 }]);
  });

  it('count by the share or the length that the policy asks for', () => {
    const third = PLAN[1].slice(0, PLAN[1].length / 3);
    expect(inText(third, { sharedLength: 1000 })).toEqual([]);
    expect(inText(third, { share: 0.2, sharedLength: 1000 })).toMatchObject([{ count: 1 }]);
    expect(inText(third, { sharedLength: 60 })).toMatchObject([{ count: 1 }]);
  });

  it('are not found in other texts of the same language', () => {
    expect(
      inText('本日はお忙しいところお集まりいただき、ありがとうございます。来年四月の予定について、担当者から報告します。'.repeat(20)),
    ).toEqual([]);
    expect(inText('The second quarter was good. The finance department has agreed to the price of the new printers.'.repeat(20))).toEqual(
      [],
    );
  });

  it('are not known by what a form has in common with them', () => {
    const form =
      'この文書は当社の文書管理規程に従って取り扱い、保存期間が過ぎたときは責任者の立ち会いのもとで廃棄するものとする。写しを取ったときは台帳に記入し、原本とともに返却すること。';
    const of = bytesOf({ a: [form + PLAN[0]] }, [form]);
    expect(inText(form.repeat(3), { share: 0.2, sharedLength: 60 }, of)).toEqual([]);
    expect(inText(PLAN[0], {}, of)).toMatchObject([{ count: 1 }]);
  });
});

describe('the index', () => {
  it('is refused when it is cut or changed, and never read past its end', () => {
    fc.assert(
      fc.property(fc.nat(index.length - 1), (length) => {
        expect(parseFingerprints(index.slice(0, length)).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(index.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = index.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        const read = parseFingerprints(changed);
        expect(read.ok ? inText(PLAN[0], {}, changed).length : read.error.slice(0, 2)).toBeOneOf([0, 1, 'it']);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps none of the text', () => {
    expect(new TextDecoder('utf-16le').decode(index) + new TextDecoder().decode(index)).not.toMatch(/展示|acqui|warehouse/);
  });
});
