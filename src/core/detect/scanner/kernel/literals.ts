import { continuesIdentifier, isCapital, isIdentifier } from './characters.ts';
import { FOLLOW_LABELLED, FOLLOW_LATIN_NAME, FOLLOW_NUMBER, hasNumber, hasTail, isLabel, isLatinLabel } from './follow.ts';
import { KNOWN_SLOTS, LITERALS, SLOT_BITS, SLOTS } from './layout.ts';
import { byteAt, fingerprintAt, knownBitOf, slotOf, wordAt } from './memory.ts';
import { isShiftJis } from './names.ts';
import { emit } from './output.ts';

/**
 * A literal in memory: length, kind, flags, place of the fingerprint's last byte, least number of token characters behind
 * or what else must follow, then its bytes. A list of them ends with a length of 0.
 */
export const LITERAL_HEADER: i32 = 5;
/** Case counts. */
export const LITERAL_EXACT: i32 = 1;
/** An identifier may not go on before the word, or behind it. */
export const LITERAL_BEGINS: i32 = 2;
export const LITERAL_ENDS: i32 = 4;
/** Only where text is read as Shift_JIS: its bytes are looked for nowhere else. */
export const LITERAL_SHIFT_JIS: i32 = 8;

/** Whether some literal's fingerprint has this hash. */
export function isKnown(fingerprint: i32): boolean {
  return ((byteAt(KNOWN_SLOTS + slotOf(fingerprint)) >> knownBitOf(fingerprint)) & 1) !== 0;
}

/** Reports the literals whose fingerprint, any four of their bytes, ends at `last`. */
export function literalsAround(last: i32): void {
  let literal: i32 = listOf(fingerprintAt(last - 3));
  if (literal === 0) return;
  while (byteAt(literal) !== 0) {
    const start: i32 = last - byteAt(literal + 3);
    const end: i32 = start + byteAt(literal);
    if (matches(literal, start) && isReadSo(literal, last) && follows(byteAt(literal + 4), end)) emit(byteAt(literal + 1), start, end);
    literal += LITERAL_HEADER + byteAt(literal);
  }
}

function isReadSo(literal: i32, last: i32): boolean {
  return (byteAt(literal + 2) & LITERAL_SHIFT_JIS) === 0 || isShiftJis(last);
}

function follows(what: i32, end: i32): boolean {
  if (what === FOLLOW_LABELLED) return isLabel(end);
  if (what === FOLLOW_NUMBER) return hasNumber(end);
  if (what === FOLLOW_LATIN_NAME) return isLatinLabel(end);
  return hasTail(what, end);
}

/** Address of the literals with this fingerprint, or 0. The table is never full, so the search ends. */
function listOf(fingerprint: i32): i32 {
  const mask: i32 = (1 << SLOT_BITS) - 1;
  let slot: i32 = slotOf(fingerprint);
  while (wordAt(SLOTS + slot * 8 + 4) !== 0) {
    if (wordAt(SLOTS + slot * 8) === fingerprint) return LITERALS + wordAt(SLOTS + slot * 8 + 4) - 1;
    slot = (slot + 1) & mask;
  }
  return 0;
}

function matches(literal: i32, start: i32): boolean {
  const length: i32 = byteAt(literal);
  const flags: i32 = byteAt(literal + 2);
  for (let place: i32 = 0; place < length; place++) {
    const byte: i32 = byteAt(start + place);
    const folded: i32 = (flags & LITERAL_EXACT) === 0 && isCapital(byte) ? byte | 0x20 : byte;
    if (folded !== byteAt(literal + LITERAL_HEADER + place)) return false;
  }
  if ((flags & LITERAL_BEGINS) !== 0 && continuesIdentifier(byteAt(start - 1), byteAt(start - 2))) return false;
  return (flags & LITERAL_ENDS) === 0 || !isIdentifier(byteAt(start + length));
}
