import { machineReadableCheckDigit } from '../check-digits.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import type { TextWindow } from '../text-window.ts';
import { OTHER_NUMBER_WORDS, PASSPORT_WORDS } from './context-words.ts';

const NUMBER = /(?<![A-Za-z0-9])[A-Z]{2}([ -]?)[0-9]{7}(?![A-Za-z0-9]|-[0-9])/g;
/** Apart, letters and digits are a number of that kind only close behind its name. */
const APART_REACH = 40;
/** Second line of a TD3 machine-readable zone (ICAO Doc 9303 part 4): number, check, nationality, birth, check, sex, expiry, check. */
const MACHINE_READABLE = /(?<![A-Z0-9<])([A-Z0-9<]{9})([0-9])[A-Z<]{3}([0-9]{6})([0-9])[MF<]([0-9]{6})([0-9])[A-Z0-9<]{14}/g;

/** Passport numbers: two letters and seven digits beside an explaining word, or a machine-readable zone whose check digits hold. */
export const passport: Detector = {
  id: 'jp.passport',
  identifies: 'document',
  scan(window, report) {
    // Both forms hold seven digits together.
    if (window.groups.longest < 7) return;
    for (const found of window.text.matchAll(NUMBER)) {
      const role = window.columnAt(found.index)?.role;
      const heading = role === 'passport';
      if (!heading && role !== undefined && role !== 'name' && role !== 'address') continue;
      if (!heading && !isExplained(window, found.index, found[1] !== '')) continue;
      report.match({
        start: found.index,
        value: found[0].replace(/[ -]/, ''),
        confidence: 'high',
        reasons: ['format', heading ? 'column-header' : 'context-word'],
      });
    }
    for (const found of window.text.matchAll(MACHINE_READABLE)) {
      const [, number = '', check, birth = '', birthCheck, expiry = '', expiryCheck] = found;
      const holds = (
        [
          [number, check],
          [birth, birthCheck],
          [expiry, expiryCheck],
        ] as const
      ).every(([field, digit]) => machineReadableCheckDigit(field) === Number(digit));
      if (holds)
        report.match({ start: found.index, value: number.replace(/<+$/, ''), confidence: 'high', reasons: ['check-digit', 'format'] });
    }
  },
  mask: (value) => keepEnds(value, 2, 1),
};

/** The nearest word before it decides: "part number" closer than "passport" makes it none. */
function isExplained(window: TextWindow, start: number, apart: boolean): boolean {
  const other = window.lastBefore(OTHER_NUMBER_WORDS, start, APART_REACH);
  const own = window.lastBefore(PASSPORT_WORDS, start, APART_REACH);
  if (other > own) return false;
  return own >= 0 || (!apart && window.isNear(PASSPORT_WORDS, start));
}
