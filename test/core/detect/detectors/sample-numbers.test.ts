import { describe, expect, it } from 'vitest';
import { SAMPLE_IBANS } from '../../../../src/core/detect/detectors/iban-samples.ts';
import { passesMod97 } from '../../../../src/core/detect/check-digits.ts';
import { detectRows, detectText, summary } from '../detect-text.ts';

const counted = (text: string): string[] => summary(detectText(text)).filter((line) => !line.includes(':low:'));
const grouped = (digits: string): string => digits.replace(/(.{4})(?=.)/g, '$1 ');

describe('account numbers of documentation', () => {
  it.each([...SAMPLE_IBANS])('%s is right, and an example', (number) => {
    expect(passesMod97(number)).toBe(true);
    for (const written of [number, grouped(number)]) {
      expect(summary(detectText(`IBAN ${written}`))).toContain('iban:low:1');
      expect(counted(`IBAN ${written}`)).toEqual([]);
    }
  });
  it('tells a foundation from them', () =>
    // Of ICCF Holland, in Vim's uganda.txt.
    expect(summary(detectText('ING bank, IBAN: NL95 INGB 0004 5487 74'))).toEqual(['iban:high:1']));
  // ISO 7064, and zod's tests.
  it.each(['DE00000000000000000066', 'DE01000000000000000048', 'DE99000000000000000030', 'TR610000100000000000000001'])(
    '%s is nobody’s',
    (number) => expect(counted(`IBAN ${number}`)).toEqual([]),
  );
});

describe('social security numbers of documentation', () => {
  // Algorithm::Diff, pyparsing.
  it.each(['123-45-6789', '123-45-9999', '111-22-3333'])('%s is an example', (number) =>
    expect(summary(detectText(`SSN: ${number}`))).toEqual(['us.ssn:low:1']),
  );
  it('finds those that are near to them', () => {
    expect(summary(detectText('SSN: 123-46-9999'))).toEqual(['us.ssn:high:1']);
    expect(summary(detectText('SSN: 111-22-3334'))).toEqual(['us.ssn:high:1']);
  });
  it('believes a list', () =>
    expect(summary(detectRows([['SSN'], ['123-45-9998'], ['523-12-8841'], ['401-33-0192']]))).toEqual(['us.ssn:high:3']));
});

describe('tables of characters', () => {
  // Unicode::Collate::CJK::Stroke.
  it('holds no card number', () => expect(counted('5414 5415 5416 5417 20BBF 20BC6 56DD')).toEqual([]));
  it('finds a card before other words', () =>
    expect(summary(detectText('お支払いは 5414 5415 5416 5417 です。'))).toEqual(['credit-card:medium:1']));
});
