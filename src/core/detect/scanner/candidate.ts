import {
  ADDRESS,
  CORPORATE_NUMBER,
  CREDIT_CARD,
  DRIVERS_LICENSE,
  EMAIL,
  IBAN,
  IP_ADDRESS,
  MY_NUMBER,
  PASSPORT,
  PASSWORD,
  PERSON_NAME,
  PHONE,
  RESIDENCE_CARD,
  US_SSN,
} from './kernel/kinds.ts';
import { FIRST_WORD_KIND, WORD_KINDS, type WordKind } from './words.ts';

/** Kinds that were judged by form, and by check digit where they have one, with their numbers in the engine's records. */
const VALUE_KINDS = [
  ['jp.my-number', MY_NUMBER],
  ['jp.drivers-license', DRIVERS_LICENSE],
  ['jp.corporate-number', CORPORATE_NUMBER],
  ['credit-card', CREDIT_CARD],
  ['jp.phone', PHONE],
  ['us.ssn', US_SSN],
  ['iban', IBAN],
  ['jp.passport', PASSPORT],
  ['jp.residence-card', RESIDENCE_CARD],
  ['email', EMAIL],
  ['jp.person-name', PERSON_NAME],
  ['jp.address', ADDRESS],
  ['ip-address', IP_ADDRESS],
  ['secret.password', PASSWORD],
] as const;
type ValueKind = (typeof VALUE_KINDS)[number][0];

/** Kinds whose shape without a valid check digit is counted, as evidence against the valid ones. */
export type MissKind = 'jp.my-number' | 'jp.drivers-license' | 'jp.corporate-number' | 'credit-card';

/** The detector a candidate is for. `value`: its own bytes; `word`: its bytes say that one may be near. Offsets are those of the file. */
export type Candidate =
  | { readonly what: 'value'; readonly kind: ValueKind; readonly start: number; readonly end: number }
  | { readonly what: 'word'; readonly kind: WordKind; readonly start: number; readonly end: number };

const VALUES = new Map<number, ValueKind>(VALUE_KINDS.map(([kind, number]) => [number, kind]));

/** A candidate from the engine's record. */
export function candidate(number: number, start: number, end: number): Candidate {
  const value = VALUES.get(number);
  if (value !== undefined) return { what: 'value', kind: value, start, end };
  const word = WORD_KINDS[number - FIRST_WORD_KIND];
  if (word === undefined) throw new RangeError(`no candidate has kind ${number}`);
  return { what: 'word', kind: word, start, end };
}

export function missCounter(kind: MissKind): number {
  return VALUE_KINDS.find(([name]) => name === kind)?.[1] ?? 0;
}
