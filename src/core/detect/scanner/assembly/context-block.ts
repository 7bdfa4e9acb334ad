import { addContextHits, isContextKnown } from '../kernel/context-hits.ts';
import { CONTEXT_BLOCK, CONTEXT_NIBBLES } from '../kernel/layout.ts';
import { contextFingerprintAt } from '../kernel/memory.ts';

const LANES: i32 = 16;

/** Takes the place of kernel/context-block.ts in the compiled scanner: the same by nibble tables (see index.ts), of three bytes. */
export function scanContextBlock(block: i32): i32 {
  const low0 = v128.load(CONTEXT_NIBBLES);
  const high0 = v128.load(CONTEXT_NIBBLES + 16);
  const low1 = v128.load(CONTEXT_NIBBLES + 32);
  const high1 = v128.load(CONTEXT_NIBBLES + 48);
  const low2 = v128.load(CONTEXT_NIBBLES + 64);
  const high2 = v128.load(CONTEXT_NIBBLES + 80);
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);
  let wide: u64 = 0;
  let hits: u64 = 0;
  for (let lane = 0; lane < CONTEXT_BLOCK; lane += LANES) {
    const first = v128.load(block + lane - 2);
    const second = v128.load(block + lane - 1);
    const third = v128.load(block + lane);
    const at0 = v128.and(
      i8x16.relaxed_swizzle(low0, v128.and(first, nibble)),
      i8x16.relaxed_swizzle(high0, v128.and(i16x8.shr_u(first, 4), nibble)),
    );
    const at1 = v128.and(
      i8x16.relaxed_swizzle(low1, v128.and(second, nibble)),
      i8x16.relaxed_swizzle(high1, v128.and(i16x8.shr_u(second, 4), nibble)),
    );
    const at2 = v128.and(
      i8x16.relaxed_swizzle(low2, v128.and(third, nibble)),
      i8x16.relaxed_swizzle(high2, v128.and(i16x8.shr_u(third, 4), nibble)),
    );
    const buckets = v128.and(v128.and(at0, at1), at2);
    hits |= u64(i8x16.bitmask(i8x16.eq(buckets, zero)) ^ 0xffff) << lane;
    wide |= u64(i8x16.bitmask(third)) << lane;
  }
  let count: i32 = 0;
  while (hits !== 0) {
    const last = block + i32(ctz(hits));
    if (isContextKnown(contextFingerprintAt(last - 2))) count = addContextHits(block, count, last);
    hits &= hits - 1;
  }
  return (3 * CONTEXT_BLOCK - 2 * i32(popcnt(wide))) | (count << 8);
}
