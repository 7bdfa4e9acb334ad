import { isCapital, isToken } from './characters.ts';
import { LITERALS, SLOT_BITS, SLOTS } from './layout.ts';
import { byteAt, fingerprintAt, slotOf, wordAt } from './memory.ts';
import { emit } from './output.ts';

/**
 * A literal in memory: length, kind, 1 when case counts, place of the fingerprint's last byte, least number of token
 * characters behind, then its bytes. A list of them ends with a length of 0.
 */
export const LITERAL_HEADER: i32 = 5;

/** Reports the literals whose fingerprint, any four of their bytes, ends at `last`. */
export function literalsAround(last: i32): void {
  let literal: i32 = listOf(fingerprintAt(last - 3));
  if (literal === 0) return;
  while (byteAt(literal) !== 0) {
    const start: i32 = last - byteAt(literal + 3);
    const end: i32 = start + byteAt(literal);
    if (matches(literal, start) && hasTail(byteAt(literal + 4), end)) emit(byteAt(literal + 1), start, end);
    literal += LITERAL_HEADER + byteAt(literal);
  }
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
  const exact: boolean = byteAt(literal + 2) === 1;
  for (let place: i32 = 0; place < length; place++) {
    const byte: i32 = byteAt(start + place);
    const folded: i32 = !exact && isCapital(byte) ? byte | 0x20 : byte;
    if (folded !== byteAt(literal + LITERAL_HEADER + place)) return false;
  }
  return true;
}

function hasTail(least: i32, end: i32): boolean {
  for (let place: i32 = 0; place < least; place++) if (!isToken(byteAt(end + place))) return false;
  return true;
}
