import * as words from '../../src/core/detect/detectors/context-words.ts';
import { CONTEXT_GROUPS, type ContextGroup } from '../../src/core/detect/scanner/context.ts';
import { CONTEXT_BEGINS, CONTEXT_ENDS, CONTEXT_EXACT, CONTEXT_NOT_PASSIVE } from '../../src/core/detect/scanner/kernel/context-hits.ts';
import { encodings } from './encodings.ts';
import { expand } from './expand.ts';
import type { Placeable } from './literals.ts';
import { isAscii, otherSpellings } from './spellings.ts';

/** A word of context in one encoding and spelling. */
export interface ContextLiteral extends Placeable {
  readonly flags: number;
  /** A bit for each place in `CONTEXT_GROUPS`. */
  readonly groups: number;
}

/** The scanner reads as many bytes before a block that it has in hand. */
const LONGEST = 64;
export const CONTEXT_PATTERNS: Readonly<Record<ContextGroup, RegExp>> = {
  'my-number': words.MY_NUMBER_WORDS,
  license: words.LICENSE_WORDS,
  'other-number': words.OTHER_NUMBER_WORDS,
  corporate: words.CORPORATE_WORDS,
  phone: words.PHONE_WORDS,
  card: words.CARD_WORDS,
  passport: words.PASSPORT_WORDS,
  residence: words.RESIDENCE_WORDS,
  pension: words.PENSION_WORDS,
  insurance: words.INSURANCE_WORDS,
  insurer: words.INSURER_WORDS,
  bank: words.BANK_WORDS,
  ssn: words.SSN_WORDS,
  birth: words.BIRTH_WORDS,
  address: words.ADDRESS_WORDS,
  ip: words.IP_WORDS,
};

/** Every word of ../../src/core/detect/detectors/context-words.ts as bytes; a word of several groups once. */
export function contextLiterals(): ContextLiteral[] {
  const all = new Map<string, ContextLiteral>();
  for (const [index, group] of CONTEXT_GROUPS.entries()) {
    for (const { text, begins, ends, notPassive } of expand(CONTEXT_PATTERNS[group])) {
      for (const spelling of [text, ...otherSpellings(text)]) {
        const exact = !isAscii(spelling);
        const flags =
          (exact ? CONTEXT_EXACT : 0) | (begins ? CONTEXT_BEGINS : 0) | (ends ? CONTEXT_ENDS : 0) | (notPassive ? CONTEXT_NOT_PASSIVE : 0);
        for (const bytes of encodings(exact ? spelling : spelling.toLowerCase(), false, 2)) {
          if (bytes.length > LONGEST) throw new RangeError(`${spelling} is too long`);
          const key = `${Buffer.from(bytes).toString('hex')} ${flags}`;
          const groups = (all.get(key)?.groups ?? 0) | (1 << index);
          all.set(key, { text: spelling, bytes, exact, flags, groups });
        }
      }
    }
  }
  return [...all.values()];
}
