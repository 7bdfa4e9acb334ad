import { normalise } from '../normalise.ts';
import * as words from '../detectors/context-words.ts';

/** What a context word explains: the lists of ../detectors/context-words.ts. */
export const CONTEXT_GROUPS = [
  'my-number',
  'license',
  'other-number',
  'corporate',
  'phone',
  'card',
  'passport',
  'residence',
  'pension',
  'insurance',
  'insurer',
  'bank',
  'ssn',
  'birth',
  'address',
  'ip',
] as const;
export type ContextGroup = (typeof CONTEXT_GROUPS)[number];

/** A context word beside a place. */
export interface ContextWordPlace {
  /** Where the word begins, an offset in the file. */
  readonly start: number;
  /** Characters from the word's beginning to the place, or from the place to the word's beginning; 0 to `CONTEXT_REACH`. */
  readonly distance: number;
  /** No line ends between the two. */
  readonly sameLine: boolean;
}

export interface ContextNear {
  readonly before: ContextWordPlace | undefined;
  /** Also a word that begins right at the place. */
  readonly behind: ContextWordPlace | undefined;
}

/** Characters, as in Purview's definitions. */
const CONTEXT_REACH = 300;
const CONTEXT_BYTES = 900;
const LINE_END = /[\r\n]/;
const PATTERNS: Readonly<Record<ContextGroup, RegExp>> = {
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

/** `place` counts in `bytes`; `offset` is that of their first byte in the file. */
export function contextNear(bytes: Uint8Array, place: number, group: ContextGroup, offset: number): ContextNear {
  const before = decode(bytes.subarray(Math.max(0, place - CONTEXT_BYTES), place));
  const behind = decode(bytes.subarray(place, place + CONTEXT_BYTES));
  const last = [...before.matchAll(PATTERNS[group])].at(-1)?.index ?? -1;
  const next = behind.search(new RegExp(PATTERNS[group], 'i'));
  const distance = before.length - last;
  return {
    before:
      last < 0 || distance > CONTEXT_REACH
        ? undefined
        : { start: offset + place - distance, distance, sameLine: !LINE_END.test(before.slice(last)) },
    behind:
      next < 0 || next > CONTEXT_REACH
        ? undefined
        : { start: offset + place + next, distance: next, sameLine: !LINE_END.test(behind.slice(0, next)) },
  };
}

function decode(bytes: Uint8Array): string {
  const utf8 = new TextDecoder().decode(bytes);
  const broken = utf8.split('\ufffd').length - 1;
  return normalise(broken > 4 ? new TextDecoder('shift_jis').decode(bytes) : utf8);
}
