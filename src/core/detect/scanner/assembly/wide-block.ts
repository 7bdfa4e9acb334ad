import { SHIFT_JIS_NIBBLES, SIGNS, UNIT_CLASSES, UNIT_PAIRS, WIDE_NIBBLES, WIDE_SHAPES } from '../kernel/layout.ts';
import { PAIR_FAMILY, PAIR_FAMILY_OF_THREE, pairIndex, UNIT_FAMILY, UNIT_GIVEN_FIRST, UNIT_TITLE } from '../kernel/units.ts';
import { byteAt } from '../kernel/memory.ts';

const BLOCK: i32 = 64;
const LANES: i32 = 16;
/** The places of a block behind which fewer than three bytes of it follow. */
const AT_END: u64 = u64(7) << 61;

/** What `lookAtWide` found in its block. */
export let runs: u64 = 0;
export let signs: u64 = 0;
export let shiftJisLeads: u64 = 0;
/** Where nibble tables let a fingerprint with bytes beyond ASCII pass, and a shape with such. */
export let wideHits: u64 = 0;
export let wideShapes: u64 = 0;

/** Of the block before: bytes from E4 to E9, those that some byte behind must continue, and whether one was out of place. */
let hanBefore: u64 = 0;
let twoBefore: u64 = 0;
let threeBefore: u64 = 0;
let fourBefore: u64 = 0;
let wrongBefore: boolean = false;

/** To be called for a block without bytes beyond ASCII in it or right before: nothing goes on from it into the next. */
export function skipWide(): void {
  runs = 0;
  signs = 0;
  shiftJisLeads = 0;
  wideHits = 0;
  wideShapes = 0;
  hanBefore = 0;
  twoBefore = 0;
  threeBefore = 0;
  fourBefore = 0;
  wrongBefore = false;
}

/**
 * Finds in a block with bytes beyond ASCII (`wide`), or right behind such, fingerprints with such bytes, where runs of Han characters begin that may hold a name, the last bytes
 * of signs, and, where some byte near is out of place in UTF-8, the first bytes of Han characters and ＠ in Shift_JIS.
 */
export function lookAtWide(block: i32, wide: u64): void {
  const signLow1 = v128.load(SIGNS);
  const signLow2 = v128.load(SIGNS + 16);
  const signHigh2 = v128.load(SIGNS + 32);
  const signLow3 = v128.load(SIGNS + 48);
  const signHigh3 = v128.load(SIGNS + 64);
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);
  // Compared as signed numbers, bytes beyond ASCII are in order and below all others.
  const two = i8x16.splat(i8(0xc0));
  const three = i8x16.splat(i8(0xdf));
  const four = i8x16.splat(i8(0xef));
  const hanBias = i8x16.splat(0x64);
  const hanCount = i8x16.splat(i8(0x86));
  const e3 = i8x16.splat(i8(0xe3));
  const kanaSecond = i8x16.splat(i8(0x81));
  const kanaThird = i8x16.splat(i8(0x82));
  let ends: u64 = 0;
  let continues: u64 = 0;
  let threes: u64 = 0;
  let fours: u64 = 0;
  let han: u64 = 0;
  let kana: u64 = 0;
  for (let lane = 0; lane < BLOCK; lane += LANES) {
    const bytes = v128.load(block + lane);
    const second = v128.load(block + lane - 1);
    const first = v128.load(block + lane - 2);
    continues |= u64(i8x16.bitmask(i8x16.lt_s(bytes, two))) << lane;
    threes |= u64(i8x16.bitmask(i8x16.gt_s(bytes, three))) << lane;
    fours |= u64(i8x16.bitmask(i8x16.gt_s(bytes, four))) << lane;
    // E4 becomes the least signed number.
    han |= u64(i8x16.bitmask(i8x16.lt_s(i8x16.sub(bytes, hanBias), hanCount))) << lane;
    kana |= u64(i8x16.bitmask(v128.and(i8x16.eq(second, e3), v128.or(i8x16.eq(bytes, kanaSecond), i8x16.eq(bytes, kanaThird))))) << lane;
    const at3 = v128.and(
      i8x16.relaxed_swizzle(signLow3, v128.and(bytes, nibble)),
      i8x16.relaxed_swizzle(signHigh3, v128.and(i16x8.shr_u(bytes, 4), nibble)),
    );
    const at2 = v128.and(
      i8x16.relaxed_swizzle(signLow2, v128.and(second, nibble)),
      i8x16.relaxed_swizzle(signHigh2, v128.and(i16x8.shr_u(second, 4), nibble)),
    );
    const at = v128.and(v128.and(at3, at2), i8x16.relaxed_swizzle(signLow1, v128.and(first, nibble)));
    ends |= u64(i8x16.bitmask(i8x16.eq(at, zero)) ^ 0xffff) << lane;
  }
  signs = ends;

  const twos: u64 = wide & ~continues;
  threes &= wide;
  fours &= wide;
  const expected: u64 = (twos << 1) | (threes << 2) | (fours << 3) | (twoBefore >> 63) | (threeBefore >> 62) | (fourBefore >> 61);
  const nextExpected: u64 = ((twos >> 63) | (threes >> 62) | (fours >> 61)) & 1;
  const nextContinues: u64 = (byteAt(block + BLOCK) & 0xc0) === 0x80 ? 1 : 0;
  const wrong: boolean = continues !== expected || nextContinues !== nextExpected;
  lookForUtf8(block);
  shiftJisLeads = 0;
  if (wrong || wrongBefore) {
    shiftJisLeads = leadsOfShiftJis(block, wide);
    lookForShiftJis(block);
  }
  wrongBefore = wrong;
  twoBefore = twos;
  threeBefore = threes;
  fourBefore = fours;

  const starts: u64 = han & ~((han << 3) | (hanBefore >> 61));
  hanBefore = han;
  if (starts === 0) {
    runs = 0;
    return;
  }
  // A character between kana is no name, nor is one before ASCII other than a space.
  kana >>= 1;
  const spaced: u64 = starts & spacesBehind(block) & ~(kana >> 3);
  runs = spaced | namesAmong(starts & ~spaced & ~(kana >> 3) & ((wide >> 3) | AT_END), block);
}

/** Fingerprints and shapes as in index.ts. */
function lookForUtf8(block: i32): void {
  const low0 = v128.load(WIDE_NIBBLES);
  const high0 = v128.load(WIDE_NIBBLES + 16);
  const low1 = v128.load(WIDE_NIBBLES + 32);
  const high1 = v128.load(WIDE_NIBBLES + 48);
  const low2 = v128.load(WIDE_NIBBLES + 64);
  const high2 = v128.load(WIDE_NIBBLES + 80);
  const low3 = v128.load(WIDE_NIBBLES + 96);
  const high3 = v128.load(WIDE_NIBBLES + 112);
  const shapes = i8x16.splat(i8(WIDE_SHAPES));
  const zero = i8x16.splat(0);
  let hits: u64 = 0;
  let shaped: u64 = 0;
  for (let lane = 0; lane < BLOCK; lane += LANES) {
    const at = block + lane;
    const buckets = v128.and(
      v128.and(passing(low0, high0, v128.load(at - 3)), passing(low1, high1, v128.load(at - 2))),
      v128.and(passing(low2, high2, v128.load(at - 1)), passing(low3, high3, v128.load(at))),
    );
    hits |= u64(i8x16.bitmask(i8x16.eq(buckets, zero)) ^ 0xffff) << lane;
    shaped |= u64(i8x16.bitmask(i8x16.eq(v128.and(buckets, shapes), zero)) ^ 0xffff) << lane;
  }
  wideHits = hits;
  wideShapes = shaped;
}

/** The same with the tables of Shift_JIS, which have no shapes. */
function lookForShiftJis(block: i32): void {
  const low0 = v128.load(SHIFT_JIS_NIBBLES);
  const high0 = v128.load(SHIFT_JIS_NIBBLES + 16);
  const low1 = v128.load(SHIFT_JIS_NIBBLES + 32);
  const high1 = v128.load(SHIFT_JIS_NIBBLES + 48);
  const low2 = v128.load(SHIFT_JIS_NIBBLES + 64);
  const high2 = v128.load(SHIFT_JIS_NIBBLES + 80);
  const low3 = v128.load(SHIFT_JIS_NIBBLES + 96);
  const high3 = v128.load(SHIFT_JIS_NIBBLES + 112);
  const zero = i8x16.splat(0);
  let hits: u64 = 0;
  for (let lane = 0; lane < BLOCK; lane += LANES) {
    const at = block + lane;
    const buckets = v128.and(
      v128.and(passing(low0, high0, v128.load(at - 3)), passing(low1, high1, v128.load(at - 2))),
      v128.and(passing(low2, high2, v128.load(at - 1)), passing(low3, high3, v128.load(at))),
    );
    hits |= u64(i8x16.bitmask(i8x16.eq(buckets, zero)) ^ 0xffff) << lane;
  }
  wideHits |= hits;
}

/** The buckets that let these bytes pass, by the table of their low nibbles and that of their high ones. */
function passing(low: v128, high: v128, bytes: v128): v128 {
  const nibble = i8x16.splat(15);
  return v128.and(
    i8x16.relaxed_swizzle(low, v128.and(bytes, nibble)),
    i8x16.relaxed_swizzle(high, v128.and(i16x8.shr_u(bytes, 4), nibble)),
  );
}

/** Places with a space, half or full width, one to three characters of three bytes behind. */
function spacesBehind(block: i32): u64 {
  const space = i8x16.splat(0x20);
  const e3 = i8x16.splat(i8(0xe3));
  const c80 = i8x16.splat(i8(0x80));
  let spaces: u64 = 0;
  let over: u64 = 0;
  for (let lane = 0; lane <= BLOCK; lane += LANES) {
    const bytes = v128.load(block + lane);
    const wide = v128.and(
      i8x16.eq(bytes, e3),
      v128.and(i8x16.eq(v128.load(block + lane + 1), c80), i8x16.eq(v128.load(block + lane + 2), c80)),
    );
    over = u64(i8x16.bitmask(v128.or(i8x16.eq(bytes, space), wide)));
    if (lane < BLOCK) spaces |= over << lane;
  }
  return (spaces >> 3) | (spaces >> 6) | (spaces >> 9) | (over << 61) | (over << 58) | (over << 55);
}

/** In Shift_JIS: Han characters that surely follow no other, those of places, and ＠. */
function leadsOfShiftJis(block: i32, wide: u64): u64 {
  let leads: u64 = 0;
  for (let lane = 0; lane < BLOCK; lane += LANES) {
    const bytes = v128.load(block + lane);
    const next = v128.load(block + lane + 1);
    // Before 81 to FC, these begin Han characters whatever they are.
    const follows = v128.and(within(v128.load(block + lane - 1), 0x80, 0x7d), isSurelyHan(v128.load(block + lane - 2)));
    const han = v128.or(within(bytes, 0x88, 0x18), within(bytes, 0xe0, 0x0b));
    const county = v128.and(isByte(bytes, 0x8c), v128.or(isByte(next, 0x53), isByte(next, 0xa7)));
    const city = v128.or(v128.and(isByte(bytes, 0x8e), isByte(next, 0x73)), v128.and(isByte(bytes, 0x8b), isByte(next, 0xe6)));
    const sign = v128.or(v128.or(county, city), v128.and(isByte(bytes, 0x81), isByte(next, 0x97)));
    leads |= u64(i8x16.bitmask(v128.or(sign, v128.andnot(han, follows)))) << lane;
  }
  return leads & wide;
}

/** First bytes whose pairs from 80 to FC are all Han characters. */
function isSurelyHan(bytes: v128): v128 {
  return v128.or(v128.or(within(bytes, 0x89, 0x0f), within(bytes, 0x99, 0x07)), within(bytes, 0xe0, 0x0a));
}

function within(bytes: v128, first: i32, count: i32): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(i8(first))), i8x16.splat(i8(count)));
}

function isByte(bytes: v128, byte: i32): v128 {
  return i8x16.eq(bytes, i8x16.splat(i8(byte)));
}

/** The runs among `starts` that may hold a name. */
function namesAmong(starts: u64, block: i32): u64 {
  let names: u64 = 0;
  let rest = starts;
  while (rest !== 0) {
    names |= firstIfName(rest, block);
    rest &= rest - 1;
  }
  return names;
}

/** The lowest bit of `starts` if its characters may begin a name, as `mayBegin` of kernel/names.ts has it, else 0; without a branch. */
function firstIfName(starts: u64, block: i32): u64 {
  const at = block + i32(ctz(starts));
  const front = load<u64>(at);
  const first = unitOf(front);
  const pair = byteAt(UNIT_PAIRS + pairIndex(first, unitOf(front >> 24)));
  const may =
    (pair & (PAIR_FAMILY | PAIR_FAMILY_OF_THREE)) |
    (byteAt(UNIT_CLASSES + first) & (UNIT_FAMILY | UNIT_TITLE)) |
    (byteAt(UNIT_CLASSES + unitOf(load<u64>(at + 6))) & UNIT_GIVEN_FIRST);
  return starts & (0 - starts) & (0 - u64(may !== 0 ? 1 : 0));
}

/** The code unit of three bytes of UTF-8, the lowest first. */
function unitOf(bytes: u64): i32 {
  return i32(((bytes & 15) << 12) | ((bytes >> 2) & 0xfc0) | ((bytes >> 16) & 63));
}
