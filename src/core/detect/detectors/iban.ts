import { passesMod97 } from '../check-digits.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';

const PATTERN = /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
/** Lengths of the SWIFT IBAN registry for the countries most met with. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SA: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  TR: 26,
  UA: 29,
};

/** International bank account numbers, ISO 13616. */
export const iban: Detector = {
  id: 'iban',
  scan({ text }, report) {
    for (const found of text.matchAll(PATTERN)) {
      const value = found[0].replace(/ /g, '');
      if (LENGTHS[value.slice(0, 2)] !== value.length || !passesMod97(value)) continue;
      report.match({ start: found.index, value, confidence: 'high', reasons: ['check-digit', 'format'] });
    }
  },
  mask: (value) => keepEnds(value, 4, 2),
};
