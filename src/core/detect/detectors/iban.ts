import { passesMod97 } from '../check-digits.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { SAMPLE_IBANS } from './iban-samples.ts';

const HEAD = /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?= ?[A-Z0-9]{4})/g;
/** Lengths by country, SWIFT IBAN registry. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ' +
    'ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ' +
    'ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const CHARACTER = /[A-Z0-9]/;
/** ISO 7064 takes them from 98: 00, 01 and 99 come out right, but nobody has them. */
const ISSUED_CHECK_DIGITS = /^..(?!00|01|99)/;
/** Fewer, and it is made up. */
const FEWEST_DIFFERENT_CHARACTERS = 3;
const ALPHANUMERIC = /[A-Za-z0-9]/;

/** International bank account numbers, ISO 13616. */
export const iban: Detector = {
  id: 'iban',
  scan({ text }, report) {
    for (const found of text.matchAll(HEAD)) {
      const value = read(text, found.index, LENGTHS.get(found[0].slice(0, 2)) ?? 0);
      if (value === undefined || !passesMod97(value) || !ISSUED_CHECK_DIGITS.test(value)) continue;
      if (SAMPLE_IBANS.has(value))
        report.match({ start: found.index, value, confidence: 'low', reasons: ['check-digit', 'known-test-value'] });
      else if (!isPadding(value)) report.match({ start: found.index, value, confidence: 'high', reasons: ['check-digit', 'format'] });
    }
  },
  mask: (value) => keepEnds(value, 4, 2),
};

/** As many characters as the country's numbers have, together or in fours; more of them, and it is something else. */
function read(text: string, start: number, length: number): string | undefined {
  let value = '';
  let at = start;
  for (; value.length < length; at++) {
    const character = text[at] ?? '';
    if (CHARACTER.test(character)) value += character;
    else if (character !== ' ' || value.length % 4 !== 0 || text[at - 1] === ' ') return undefined;
  }
  return length === 0 || ALPHANUMERIC.test(text[at] ?? '') ? undefined : value;
}

function isPadding(value: string): boolean {
  return new Set(value.slice(4)).size < FEWEST_DIFFERENT_CHARACTERS;
}
