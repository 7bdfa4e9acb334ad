import { asciiShapeAt, wideShapeAt } from '../kernel/anchors.ts';
import { isDigit } from '../kernel/characters.ts';
import { CLASSES, MOST_IN_A_BLOCK, NIBBLES, OUTPUT_CAPACITY, OUTPUT_COUNT, READS_STRINGS } from '../kernel/layout.ts';
import { atSignAround } from '../kernel/mail.ts';
import { nameAt, shiftJisHanAt } from '../kernel/names.ts';
import { shiftJisSignAt, signAt } from '../kernel/signs.ts';
import { version4Around, version6Around } from '../kernel/network.ts';
import { contextAround } from '../kernel/context.ts';
import { isKnown, literalsAround } from '../kernel/literals.ts';
import { byteAt, fingerprintAt, wordAt } from '../kernel/memory.ts';
import { boxedNumberEndingAt } from '../kernel/boxes.ts';
import { numberEndingAt } from '../kernel/numbers.ts';
import { isInString } from '../kernel/strings.ts';
import { highNibbles, lowNibbles, notZero, oneBefore, passing, shiftedSigns, signsOf, threeBefore, twoBefore } from './lanes.ts';
import { nextStrings, stringsEnd } from './strings.ts';
import { lookAtWide, runs, shiftJisLeads, signs, skipWide, wideHits, wideShapes } from './wide-block.ts';

export { contextAround };

const BLOCK: i32 = 64;
const LANES: i32 = 16;

/**
 * Reports what is anchored in the bytes from `from` to `to`, and returns where it stopped: at `to`, or before when the
 * output is full. The bytes around them may be looked at.
 */
export function scan(from: i32, to: i32): i32 {
  if (wordAt(READS_STRINGS) === 0) return scanBlocks(from, to, false);
  let at = from;
  while (at < to) {
    at = nextStrings(at, to);
    if (at >= to) break;
    const end = stringsEnd;
    at = scanBlocks(at, end, true);
    if (at < end) return at;
  }
  return to;
}

/**
 * The same, where `inStrings` only of what is anchored in a string.
 *
 * Each byte's nibbles are looked up in tables of 16: two give its classes, eight tell the buckets of fingerprints that
 * may end at it (Teddy, from Hyperscan: Wang et al., NSDI 2019, section 4.2; the low nibble's table and the high one's,
 * combined by AND, for each of four bytes in a row).
 */
function scanBlocks(from: i32, to: i32, inStrings: boolean): i32 {
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

  let first = i8x16.splat(0);
  let second = first;
  let third = first;
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
    const bytes0 = v128.load(block);
    const bytes1 = v128.load(block + LANES);
    const bytes2 = v128.load(block + 2 * LANES);
    const bytes3 = v128.load(block + 3 * LANES);
    const lows0 = lowNibbles(bytes0);
    const lows1 = lowNibbles(bytes1);
    const lows2 = lowNibbles(bytes2);
    const lows3 = lowNibbles(bytes3);
    const highs0 = highNibbles(bytes0);
    const highs1 = highNibbles(bytes1);
    const highs2 = highNibbles(bytes2);
    const highs3 = highNibbles(bytes3);
    const wide: u64 = signsOf(bytes0, bytes1, bytes2, bytes3);

    const class0 = passing(classLow, classHigh, lows0, highs0);
    const class1 = passing(classLow, classHigh, lows1, highs1);
    const class2 = passing(classLow, classHigh, lows2, highs2);
    const class3 = passing(classLow, classHigh, lows3, highs3);
    // The classes' bits in turn become the sign, which is all that a bitmask reads.
    const digits: u64 = signsOf(class0, class1, class2, class3);
    const joints: u64 = shiftedSigns(class0, class1, class2, class3, 1);
    const ats: u64 = shiftedSigns(class0, class1, class2, class3, 2);
    const stops: u64 = shiftedSigns(class0, class1, class2, class3, 3);
    const colons: u64 = shiftedSigns(class0, class1, class2, class3, 4);

    const first0 = passing(low0, high0, lows0, highs0);
    const first1 = passing(low0, high0, lows1, highs1);
    const first2 = passing(low0, high0, lows2, highs2);
    const first3 = passing(low0, high0, lows3, highs3);
    const second0 = passing(low1, high1, lows0, highs0);
    const second1 = passing(low1, high1, lows1, highs1);
    const second2 = passing(low1, high1, lows2, highs2);
    const second3 = passing(low1, high1, lows3, highs3);
    const third0 = passing(low2, high2, lows0, highs0);
    const third1 = passing(low2, high2, lows1, highs1);
    const third2 = passing(low2, high2, lows2, highs2);
    const third3 = passing(low2, high2, lows3, highs3);
    const pair0 = v128.and(threeBefore(first, first0), twoBefore(second, second0));
    const pair1 = v128.and(threeBefore(first0, first1), twoBefore(second0, second1));
    const pair2 = v128.and(threeBefore(first1, first2), twoBefore(second1, second2));
    const pair3 = v128.and(threeBefore(first2, first3), twoBefore(second2, second3));
    const buckets0 = v128.and(pair0, v128.and(oneBefore(third, third0), passing(low3, high3, lows0, highs0)));
    const buckets1 = v128.and(pair1, v128.and(oneBefore(third0, third1), passing(low3, high3, lows1, highs1)));
    const buckets2 = v128.and(pair2, v128.and(oneBefore(third1, third2), passing(low3, high3, lows2, highs2)));
    const buckets3 = v128.and(pair3, v128.and(oneBefore(third2, third3), passing(low3, high3, lows3, highs3)));
    first = first3;
    second = second3;
    third = third3;
    const hits: u64 = notZero(buckets0, buckets1, buckets2, buckets3);
    // The bit of `ASCII_SHAPES` becomes the sign.
    const shapes: u64 = hits === 0 ? 0 : shiftedSigns(buckets0, buckets1, buckets2, buckets3, 7);

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
      anchors &= anchors - 1;
      if (inStrings && !isInString(address)) continue;
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

/** The hits of a block whose four bytes have a hash that is known. */
function knownHits(hits: u64, block: i32): u64 {
  let known: u64 = 0;
  for (let rest = hits; rest !== 0; rest &= rest - 1) known |= firstIfKnown(rest, block);
  return known;
}

/** The lowest bit of `hits` if its bytes are known, else 0; without a branch. */
function firstIfKnown(hits: u64, block: i32): u64 {
  const place = i32(ctz(hits));
  return hits & (0 - hits) & (0 - u64(isKnown(fingerprintAt(block + place - 3)) ? 1 : 0));
}
