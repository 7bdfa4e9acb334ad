/** A block's four vectors of 16 bytes at a time: written out, for a loop over them would shift by what it counts. */

export function lowNibbles(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15));
}

export function highNibbles(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
}

/** The buckets that let bytes pass, by the table of their low nibbles and that of their high ones. */
export function passing(low: v128, high: v128, lows: v128, highs: v128): v128 {
  return v128.and(i8x16.relaxed_swizzle(low, lows), i8x16.relaxed_swizzle(high, highs));
}

/** The highest bits of 64 bytes. */
export function signsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return u64(halfOf(a, b)) | (u64(halfOf(c, d)) << 32);
}

/** Of each byte the bit that stands so many below the highest. */
export function shiftedSigns(a: v128, b: v128, c: v128, d: v128, places: i32): u64 {
  return signsOf(i16x8.shl(a, places), i16x8.shl(b, places), i16x8.shl(c, places), i16x8.shl(d, places));
}

function halfOf(a: v128, b: v128): u32 {
  return u32(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16));
}

/** A bit for each of 64 bytes that is not 0. */
export function notZero(a: v128, b: v128, c: v128, d: v128): u64 {
  const zero = i8x16.splat(0);
  return ~signsOf(i8x16.eq(a, zero), i8x16.eq(b, zero), i8x16.eq(c, zero), i8x16.eq(d, zero));
}

/** The bytes one before those of `bytes`, of which `before` are the 16 before; then two and three. */
export function oneBefore(before: v128, bytes: v128): v128 {
  return i8x16.shuffle(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

export function twoBefore(before: v128, bytes: v128): v128 {
  return i8x16.shuffle(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}

export function threeBefore(before: v128, bytes: v128): v128 {
  return i8x16.shuffle(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
}

/** Bytes from `first` on, so many. */
export function within(bytes: v128, first: i32, count: i32): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(i8(first))), i8x16.splat(i8(count - 1)));
}
