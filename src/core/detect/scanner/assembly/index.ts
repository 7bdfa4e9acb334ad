import { asciiShapeAt, wideShapeAt } from '../kernel/anchors.ts';
import { isDigit } from '../kernel/characters.ts';
import { CLASSES, MOST_IN_A_BLOCK, NIBBLES, OUTPUT_CAPACITY, OUTPUT_COUNT } from '../kernel/layout.ts';
import { atSignAround } from '../kernel/mail.ts';
import { nameAt, shiftJisHanAt } from '../kernel/names.ts';
import { shiftJisSignAt, signAt } from '../kernel/signs.ts';
import { version4Around, version6Around } from '../kernel/network.ts';
import { contextAround } from '../kernel/context.ts';
import { isKnown, literalsAround } from '../kernel/literals.ts';
import { byteAt, fingerprintAt, wordAt } from '../kernel/memory.ts';
import { boxedNumberEndingAt } from '../kernel/boxes.ts';
import { numberEndingAt } from '../kernel/numbers.ts';
import { lookAtWide, runs, shiftJisLeads, signs, skipWide, wideHits, wideShapes } from './wide-block.ts';

export { contextAround };

const BLOCK: i32 = 64;
const LANES: i32 = 16;

/**
 * Reports what is anchored in the bytes from `from` to `to`, and returns where it stopped: at `to`, or before when the
 * output is full. The bytes around them may be looked at.
 *
 * Each byte's nibbles are looked up in tables of 16: two give its classes, eight tell the buckets of fingerprints that
 * may end at it (Teddy, from Hyperscan: Wang et al., NSDI 2019, section 4.2; the low nibble's table and the high one's,
 * combined by AND, for each of four bytes in a row).
 */
export function scan(from: i32, to: i32): i32 {
  const low0 = v128.load(NIBBLES);
  const high0 = v128.load(NIBBLES + 16);
  const low1 = v128.load(NIBBLES + 32);
  const high1 = v128.load(NIBBLES + 48);
  const low2 = v128.load(NIBBLES + 64);
  const high2 = v128.load(NIBBLES + 80);
  const low3 = v128.load(NIBBLES + 96);
  const high3 = v128.load(NIBBLES + 112);
  const classLow = v128.load(CLASSES);
  const classHigh = v128.load(CLASSES + 16);
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);

  let first = zero;
  let second = zero;
  let third = zero;
  let digitsBefore: u64 = 0;
  let joinedBefore: u64 = 0;
  let joined2Before: u64 = 0;
  let joined4Before: u64 = 0;
  let dotsBefore: u64 = 0;
  let secondDotsBefore: u64 = 0;
  let colonsBefore: u64 = 0;
  let gapsBefore: u64 = 0;
  let boxedBefore: u64 = 0;
  let wideBefore: u64 = 0;

  skipWide();
  // The block before `from` is read for what it hands over to the next; nothing in it is reported again.
  for (let block = from - BLOCK; block < to; block += BLOCK) {
    let digits: u64 = 0;
    let joints: u64 = 0;
    let ats: u64 = 0;
    let stops: u64 = 0;
    let colons: u64 = 0;
    let wide: u64 = 0;
    let hits: u64 = 0;
    let shapes: u64 = 0;
    for (let lane = 0; lane < BLOCK; lane += LANES) {
      const bytes = v128.load(block + lane);
      const low = v128.and(bytes, nibble);
      const high = v128.and(i16x8.shr_u(bytes, 4), nibble);

      const classes = v128.and(i8x16.relaxed_swizzle(classLow, low), i8x16.relaxed_swizzle(classHigh, high));
      // The classes' bits in turn become the sign, which is all that a bitmask reads.
      digits |= u64(i8x16.bitmask(classes)) << lane;
      joints |= u64(i8x16.bitmask(i16x8.shl(classes, 1))) << lane;
      ats |= u64(i8x16.bitmask(i16x8.shl(classes, 2))) << lane;
      stops |= u64(i8x16.bitmask(i16x8.shl(classes, 3))) << lane;
      colons |= u64(i8x16.bitmask(i16x8.shl(classes, 4))) << lane;
      wide |= u64(i8x16.bitmask(bytes)) << lane;

      const at0 = v128.and(i8x16.relaxed_swizzle(low0, low), i8x16.relaxed_swizzle(high0, high));
      const at1 = v128.and(i8x16.relaxed_swizzle(low1, low), i8x16.relaxed_swizzle(high1, high));
      const at2 = v128.and(i8x16.relaxed_swizzle(low2, low), i8x16.relaxed_swizzle(high2, high));
      const at3 = v128.and(i8x16.relaxed_swizzle(low3, low), i8x16.relaxed_swizzle(high3, high));
      const buckets = v128.and(
        v128.and(
          i8x16.shuffle(first, at0, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28),
          i8x16.shuffle(second, at1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
        ),
        v128.and(i8x16.shuffle(third, at2, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30), at3),
      );
      first = at0;
      second = at1;
      third = at2;
      // The bit of `ASCII_SHAPES` becomes the sign.
      shapes |= u64(i8x16.bitmask(i16x8.shl(buckets, 7))) << lane;
      hits |= u64(i8x16.bitmask(i8x16.eq(buckets, zero)) ^ 0xffff) << lane;
    }

    // A run of digits joined by single characters; each power of two of its length is built from the one before.
    const afterDigit: u64 = (digits << 1) | (digitsBefore >> 63);
    const beforeDigit: u64 = (digits >> 1) | (u64(isDigit(byteAt(block + BLOCK)) ? 1 : 0) << 63);
    const joined: u64 = digits | (joints & afterDigit & beforeDigit);
    const joined2: u64 = joined & ((joined << 1) | (joinedBefore >> 63));
    const joined4: u64 = joined2 & ((joined2 << 2) | (joined2Before >> 62));
    const joined7: u64 = joined4 & ((joined4 << 3) | (joined4Before >> 61));
    const four: u64 = digits & afterDigit & ((digits << 2) | (digitsBefore >> 62)) & ((digits << 3) | (digitsBefore >> 61));
    const numbers: u64 = four & joined7 & ~beforeDigit;
    digitsBefore = digits;
    joinedBefore = joined;
    joined2Before = joined2;
    joined4Before = joined4;

    // Three dots with one to three digits before each, and a digit behind the last.
    const dots: u64 = stops & afterDigit & beforeDigit;
    let version4: u64 = 0;
    if ((dots | dotsBefore) !== 0) {
      const secondDots: u64 = dots & near(dots, dotsBefore);
      version4 = dots & near(secondDots, secondDotsBefore);
      secondDotsBefore = secondDots;
    } else secondDotsBefore = 0;
    dotsBefore = dots;

    // An IPv6 address has two colons in a row or seven within 40 bytes.
    const gaps: u64 = colons & ((colons << 1) | (colonsBefore >> 63));
    const version6: u64 = (gaps | gapsBefore) !== 0 || popcnt(colons) + popcnt(colonsBefore) >= 7 ? colons : 0;
    colonsBefore = colons;
    gapsBefore = gaps;

    // Twelve boxes with a digit each take no more than 78 bytes.
    const boxed: u64 = digits & ~afterDigit & ~beforeDigit;
    const boxes: u64 = popcnt(boxed) + popcnt(boxedBefore) >= 10 ? boxed : 0;
    boxedBefore = boxed;

    if ((wide | (wideBefore >> 61)) !== 0) lookAtWide(block, wide);
    else skipWide();
    wideBefore = wide;
    const known = knownHits(hits | wideHits, block);

    let anchors: u64 = numbers | shapes | wideShapes | ats | known | version4 | version6 | boxes | runs | shiftJisLeads | signs;
    if (block < from || anchors === 0) continue;
    if (to - block < BLOCK) anchors &= (u64(1) << u64(to - block)) - 1;
    if (wordAt(OUTPUT_COUNT) > OUTPUT_CAPACITY - MOST_IN_A_BLOCK) return block;
    while (anchors !== 0) {
      const place = ctz(anchors);
      const address = block + i32(place);
      if (((known >> place) & 1) !== 0) literalsAround(address);
      if (((shapes >> place) & 1) !== 0) asciiShapeAt(address);
      if (((wideShapes >> place) & 1) !== 0) wideShapeAt(address);
      if (((numbers >> place) & 1) !== 0) numberEndingAt(address + 1);
      if (((ats >> place) & 1) !== 0) atSignAround(address);
      if (((runs >> place) & 1) !== 0) nameAt(address);
      if (((shiftJisLeads >> place) & 1) !== 0) shiftJisAt(address);
      if (((version4 >> place) & 1) !== 0) version4Around(address);
      if (((version6 >> place) & 1) !== 0) version6Around(address);
      if (((boxes >> place) & 1) !== 0) boxedNumberEndingAt(address);
      if (((signs >> place) & 1) !== 0) signAt(address);
      anchors &= anchors - 1;
    }
  }
  return to;
}

/** A Han character or ＠ of Shift_JIS. */
function shiftJisAt(address: i32): void {
  if (byteAt(address) === 0x81) shiftJisSignAt(address);
  else shiftJisHanAt(address);
}

/** Places with one of `dots` two to four bytes before. */
function near(dots: u64, before: u64): u64 {
  return (dots << 2) | (dots << 3) | (dots << 4) | (before >> 62) | (before >> 61) | (before >> 60);
}

/**
 * The hits of a block whose four bytes have a hash that is known. Two are looked at whether there are as many or not: a
 * loop as long as each block needs would be mispredicted at almost every block.
 */
function knownHits(hits: u64, block: i32): u64 {
  let known: u64 = 0;
  let rest = hits;
  do {
    known |= firstIfKnown(rest, block);
    rest &= rest - 1;
    known |= firstIfKnown(rest, block);
    rest &= rest - 1;
  } while (rest !== 0);
  return known;
}

/** The lowest bit of `hits` if its bytes are known, else 0; without a branch. */
function firstIfKnown(hits: u64, block: i32): u64 {
  const place = i32(ctz(hits));
  return hits & (0 - hits) & (0 - u64(isKnown(fingerprintAt(block + place - 3)) ? 1 : 0));
}
