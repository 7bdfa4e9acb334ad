import { continuesIdentifier, isCapital, isIdentifier } from './characters.ts';
import {
  CONTEXT_BLOCK,
  CONTEXT_HIT_BYTES,
  CONTEXT_HITS,
  CONTEXT_KNOWN_SLOTS,
  CONTEXT_LITERALS,
  CONTEXT_SLOT_BITS,
  CONTEXT_SLOTS,
  MOST_CONTEXT_HITS,
  WINDOW,
} from './layout.ts';
import { byteAt, contextFingerprintAt, contextKnownBitOf, contextSlotOf, setWord, wordAt } from './memory.ts';

/** A literal in memory: length, flags, groups (two bytes), place of the fingerprint's last byte, then its bytes. A list ends with a length of 0. */
export const CONTEXT_HEADER: i32 = 5;
/** Case counts. */
export const CONTEXT_EXACT: i32 = 1;
/** An identifier may not go on before the word, or behind it. */
export const CONTEXT_BEGINS: i32 = 2;
export const CONTEXT_ENDS: i32 = 4;
/** Not behind 被, which turns the insurer into the insured. */
export const CONTEXT_NOT_PASSIVE: i32 = 8;

/** Whether some literal's fingerprint has this hash. */
export function isContextKnown(fingerprint: i32): boolean {
  return ((byteAt(CONTEXT_KNOWN_SLOTS + contextSlotOf(fingerprint)) >> contextKnownBitOf(fingerprint)) & 1) !== 0;
}

/** Adds the literals whose fingerprint ends at `last` to the hits of its block, of which there are `count`, and returns how many there are then. */
export function addContextHits(block: i32, count: i32, last: i32): i32 {
  let literal: i32 = listOf(contextFingerprintAt(last - 2));
  if (literal === 0) return count;
  const hits: i32 = CONTEXT_HITS + ((block - WINDOW) / CONTEXT_BLOCK) * MOST_CONTEXT_HITS * CONTEXT_HIT_BYTES;
  let found: i32 = count;
  while (byteAt(literal) !== 0) {
    const start: i32 = last - byteAt(literal + 4);
    if (found < MOST_CONTEXT_HITS && matches(literal, start)) {
      setWord(hits + found * CONTEXT_HIT_BYTES, start);
      setWord(hits + found * CONTEXT_HIT_BYTES + 4, byteAt(literal + 2) | (byteAt(literal + 3) << 8));
      found++;
    }
    literal += CONTEXT_HEADER + byteAt(literal);
  }
  return found;
}

function listOf(fingerprint: i32): i32 {
  const mask: i32 = (1 << CONTEXT_SLOT_BITS) - 1;
  let slot: i32 = contextSlotOf(fingerprint);
  while (wordAt(CONTEXT_SLOTS + slot * 8 + 4) !== 0) {
    if (wordAt(CONTEXT_SLOTS + slot * 8) === fingerprint) return CONTEXT_LITERALS + wordAt(CONTEXT_SLOTS + slot * 8 + 4) - 1;
    slot = (slot + 1) & mask;
  }
  return 0;
}

function matches(literal: i32, start: i32): boolean {
  const length: i32 = byteAt(literal);
  const flags: i32 = byteAt(literal + 1);
  for (let place: i32 = 0; place < length; place++) {
    const byte: i32 = byteAt(start + place);
    const folded: i32 = (flags & CONTEXT_EXACT) === 0 && isCapital(byte) ? byte | 0x20 : byte;
    if (folded !== byteAt(literal + CONTEXT_HEADER + place)) return false;
  }
  if ((flags & CONTEXT_BEGINS) !== 0 && continuesIdentifier(byteAt(start - 1), byteAt(start - 2))) return false;
  if ((flags & CONTEXT_ENDS) !== 0 && isIdentifier(byteAt(start + length))) return false;
  return (flags & CONTEXT_NOT_PASSIVE) === 0 || !isPassive(start);
}

/** 被 before `at`, in UTF-8 or Shift_JIS. */
function isPassive(at: i32): boolean {
  if (byteAt(at - 2) === 0x94 && byteAt(at - 1) === 0xed) return true;
  return byteAt(at - 3) === 0xe8 && byteAt(at - 2) === 0xa2 && byteAt(at - 1) === 0xab;
}
