import { addContextHits, isContextKnown } from '../kernel/context-hits.ts';
import { CONTEXT_BLOCK, CONTEXT_NIBBLES, CONTEXT_WIDE_NIBBLES } from '../kernel/layout.ts';
import { byteAt, contextFingerprintAt } from '../kernel/memory.ts';
import { highNibbles, lowNibbles, notZero, passing, signsOf } from '../assembly/lanes.ts';

const LANES: i32 = 16;

/** Takes the place of kernel/context-block.ts in the compiled scanner: the same by nibble tables (see index.ts), of three bytes. */
export function scanContextBlock(block: i32): i32 {
  const wide = signsOf(v128.load(block), v128.load(block + LANES), v128.load(block + 2 * LANES), v128.load(block + 3 * LANES));
  let hits = hitsOf(CONTEXT_NIBBLES, block);
  // Other fingerprints hold a byte beyond ASCII: in the block or in the two bytes before.
  if (wide !== 0 || byteAt(block - 1) >= 0x80 || byteAt(block - 2) >= 0x80) hits |= hitsOf(CONTEXT_WIDE_NIBBLES, block);
  let count: i32 = 0;
  while (hits !== 0) {
    const last = block + i32(ctz(hits));
    if (isContextKnown(contextFingerprintAt(last - 2))) count = addContextHits(block, count, last);
    hits &= hits - 1;
  }
  return (3 * CONTEXT_BLOCK - 2 * i32(popcnt(wide))) | (count << 8);
}

/** Where the nibble tables let a fingerprint pass. */
function hitsOf(tables: i32, block: i32): u64 {
  return notZero(
    bucketsAt(tables, block),
    bucketsAt(tables, block + LANES),
    bucketsAt(tables, block + 2 * LANES),
    bucketsAt(tables, block + 3 * LANES),
  );
}

/** The buckets of fingerprints that end at each of 16 bytes. */
function bucketsAt(tables: i32, at: i32): v128 {
  const third = v128.load(at);
  const second = v128.load(at - 1);
  const first = v128.load(at - 2);
  return v128.and(
    v128.and(
      passing(v128.load(tables), v128.load(tables + 16), lowNibbles(first), highNibbles(first)),
      passing(v128.load(tables + 32), v128.load(tables + 48), lowNibbles(second), highNibbles(second)),
    ),
    passing(v128.load(tables + 64), v128.load(tables + 80), lowNibbles(third), highNibbles(third)),
  );
}
