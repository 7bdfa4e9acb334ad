import { READS_SHIFT_JIS, SHIFT_JIS_NIBBLES, SIGNS, UNIT_CLASSES, UNIT_PAIRS, WIDE_NIBBLES, WIDE_SHAPES } from '../kernel/layout.ts';
import { PAIR_FAMILY, PAIR_FAMILY_OF_THREE, pairIndex, UNIT_FAMILY, UNIT_GIVEN_FIRST, UNIT_TITLE } from '../kernel/units.ts';
import { byteAt, wordAt } from '../kernel/memory.ts';
import { highNibbles, lowNibbles, notZero, passing, signsOf, within } from './lanes.ts';

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
/** Where its whole characters of three bytes begin. */
let wholeBefore: u64 = 0;

/** To be called for a block without bytes beyond ASCII in it or right before: nothing goes on from it into the next. */
export function skipWide(): void {
  findNothing();
  twoBefore = 0;
  threeBefore = 0;
  fourBefore = 0;
  wholeBefore = 0;
  wrongBefore = false;
}

function findNothing(): void {
  runs = 0;
  signs = 0;
  shiftJisLeads = 0;
  wideHits = 0;
  wideShapes = 0;
  hanBefore = 0;
}

/**
 * Looks at a block with bytes beyond ASCII (`wide`), or right behind such: for fingerprints and shapes with such bytes,
 * beginnings of runs of Han characters that may hold a name, the last bytes of signs, and, where some byte near is out of
 * place in UTF-8 and may be Shift_JIS, the first bytes of Han characters and ＠ in that.
 */
export function lookAtWide(block: i32, wide: u64): void {
  const bytes0 = v128.load(block);
  const bytes1 = v128.load(block + LANES);
  const bytes2 = v128.load(block + 2 * LANES);
  const bytes3 = v128.load(block + 3 * LANES);
  // Compared as signed numbers, bytes beyond ASCII are in order and below all others.
  const continues: u64 = below(bytes0, bytes1, bytes2, bytes3, 0xc0) & wide;
  const threes: u64 = ~below(bytes0, bytes1, bytes2, bytes3, 0xe0) & wide;
  const fours: u64 = ~below(bytes0, bytes1, bytes2, bytes3, 0xf0) & wide;
  const twos: u64 = wide & ~continues;
  const next: u64 = (byteAt(block + BLOCK) & 0xc0) === 0x80 ? 1 : 0;
  const nextButOne: u64 = (byteAt(block + BLOCK + 1) & 0xc0) === 0x80 ? 1 : 0;

  const expected: u64 = (twos << 1) | (threes << 2) | (fours << 3) | (twoBefore >> 63) | (threeBefore >> 62) | (fourBefore >> 61);
  const nextExpected: u64 = ((twos >> 63) | (threes >> 62) | (fours >> 61)) & 1;
  const wrong: boolean = continues !== expected || next !== nextExpected;
  const shiftJis: boolean = (wrong || wrongBefore) && wordAt(READS_SHIFT_JIS) !== 0;
  // All that is looked for in UTF-8 holds or follows a whole character of three bytes, of which there are few in what is no text.
  const whole: u64 = threes & ((continues >> 1) | (next << 63)) & ((continues >> 2) | (next << 62) | (nextButOne << 63));
  const isText: boolean = (whole | (wholeBefore >> 59)) !== 0;
  wrongBefore = wrong;
  wholeBefore = whole;
  twoBefore = twos;
  threeBefore = threes;
  fourBefore = fours;
  if (!isText && !shiftJis) {
    findNothing();
    return;
  }

  lookForUtf8(block);
  shiftJisLeads = 0;
  if (shiftJis) {
    shiftJisLeads = leadsOfShiftJis(block, wide);
    lookForShiftJis(block);
  }
  signs = notZero(signsAt(block), signsAt(block + LANES), signsAt(block + 2 * LANES), signsAt(block + 3 * LANES));
  const han: u64 = threes & ~below(bytes0, bytes1, bytes2, bytes3, 0xe4) & below(bytes0, bytes1, bytes2, bytes3, 0xea);
  const starts: u64 = han & whole & ~((han << 3) | (hanBefore >> 61));
  hanBefore = han;
  if (starts === 0) {
    runs = 0;
    return;
  }
  // A character before kana is no name, nor is one before ASCII other than a space.
  const candidates: u64 = starts & ~(kanaIn(block) >> 3);
  const spaced: u64 = candidates & spacesBehind(block);
  runs = spaced | namesAmong(candidates & ~spaced & ((wide >> 3) | AT_END), block);
}

/** The bytes beyond ASCII below one of them. */
function below(a: v128, b: v128, c: v128, d: v128, byte: i32): u64 {
  const bound = i8x16.splat(i8(byte));
  return signsOf(i8x16.lt_s(a, bound), i8x16.lt_s(b, bound), i8x16.lt_s(c, bound), i8x16.lt_s(d, bound));
}

/** What the tables of signs let pass that end at each of 16 bytes. */
function signsAt(at: i32): v128 {
  const third = v128.load(at);
  const second = v128.load(at - 1);
  const at3 = passing(v128.load(SIGNS + 48), v128.load(SIGNS + 64), lowNibbles(third), highNibbles(third));
  const at2 = passing(v128.load(SIGNS + 16), v128.load(SIGNS + 32), lowNibbles(second), highNibbles(second));
  return v128.and(v128.and(at3, at2), i8x16.relaxed_swizzle(v128.load(SIGNS), lowNibbles(v128.load(at - 2))));
}

/** Where kana begin. */
function kanaIn(block: i32): u64 {
  return signsOf(kanaAt(block), kanaAt(block + LANES), kanaAt(block + 2 * LANES), kanaAt(block + 3 * LANES));
}

function kanaAt(at: i32): v128 {
  const second = v128.load(at + 1);
  return v128.and(isByte(v128.load(at), 0xe3), v128.or(isByte(second, 0x81), isByte(second, 0x82)));
}

/** Fingerprints and shapes as in index.ts. */
function lookForUtf8(block: i32): void {
  const shapes = i8x16.splat(i8(WIDE_SHAPES));
  const buckets0 = bucketsAt(WIDE_NIBBLES, block);
  const buckets1 = bucketsAt(WIDE_NIBBLES, block + LANES);
  const buckets2 = bucketsAt(WIDE_NIBBLES, block + 2 * LANES);
  const buckets3 = bucketsAt(WIDE_NIBBLES, block + 3 * LANES);
  wideHits = notZero(buckets0, buckets1, buckets2, buckets3);
  wideShapes = 0;
  if (wideHits === 0) return;
  wideShapes = notZero(v128.and(buckets0, shapes), v128.and(buckets1, shapes), v128.and(buckets2, shapes), v128.and(buckets3, shapes));
}

/** The same with the tables of Shift_JIS, which have no shapes. */
function lookForShiftJis(block: i32): void {
  wideHits |= notZero(
    bucketsAt(SHIFT_JIS_NIBBLES, block),
    bucketsAt(SHIFT_JIS_NIBBLES, block + LANES),
    bucketsAt(SHIFT_JIS_NIBBLES, block + 2 * LANES),
    bucketsAt(SHIFT_JIS_NIBBLES, block + 3 * LANES),
  );
}

/** The buckets of fingerprints that end at each of 16 bytes. */
function bucketsAt(tables: i32, at: i32): v128 {
  const bytes = v128.load(at);
  const third = v128.load(at - 1);
  const second = v128.load(at - 2);
  const first = v128.load(at - 3);
  return v128.and(
    v128.and(
      passing(v128.load(tables), v128.load(tables + 16), lowNibbles(first), highNibbles(first)),
      passing(v128.load(tables + 32), v128.load(tables + 48), lowNibbles(second), highNibbles(second)),
    ),
    v128.and(
      passing(v128.load(tables + 64), v128.load(tables + 80), lowNibbles(third), highNibbles(third)),
      passing(v128.load(tables + 96), v128.load(tables + 112), lowNibbles(bytes), highNibbles(bytes)),
    ),
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

function isByte(bytes: v128, byte: i32): v128 {
  return i8x16.eq(bytes, i8x16.splat(i8(byte)));
}

/** The runs among `starts` that may hold a name. */
function namesAmong(starts: u64, block: i32): u64 {
  let names: u64 = 0;
  for (let rest = starts; rest !== 0; rest &= rest - 1) names |= firstIfName(rest, block);
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
