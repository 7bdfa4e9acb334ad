import { byteAt } from '../kernel/memory.ts';
import { signsOf, within } from './lanes.ts';

const BLOCK: i32 = 64;
const LANES: i32 = 16;
/** A run of eight bytes that ends in these places of a block began in the one before. */
const BEGUN_BEFORE: u64 = 0x7f;
/** The first bytes of characters that go on in the next block, and of those before them. */
const GOES_ON: i32 = 61;

/** Of the block looked at last: where strings of kernel/strings.ts may end, and what may go on in the next. */
let strings: u64 = 0;
let pairs: u64 = 0;
let textBefore: u64 = 0;
let text2Before: u64 = 0;
let text4Before: u64 = 0;
let wideBefore: u64 = 0;

/** Where the blocks end that may hold a byte of a string, from one that does; or `to`. */
export let stringsEnd: i32 = 0;

/**
 * The first block from `from` on, in steps of 64 bytes, that may hold a byte of a string, or `to`; `stringsEnd` tells how
 * far such blocks go on. More is let through than strings: byte by byte they are told where something is found.
 */
export function nextStrings(from: i32, to: i32): i32 {
  lookAt(from - BLOCK);
  let goesOn: boolean = pairs >> GOES_ON !== 0;
  lookAt(from);
  let begin: i32 = 0;
  for (let block = from; block < to; block += BLOCK) {
    const held: boolean = goesOn || strings !== 0;
    goesOn = pairs >> GOES_ON !== 0;
    lookAt(block + BLOCK);
    if (held || (strings & BEGUN_BEFORE) !== 0) {
      if (begin === 0) begin = block;
    } else if (begin !== 0) {
      stringsEnd = block;
      return begin;
    }
  }
  stringsEnd = to;
  return begin === 0 ? to : begin;
}

function lookAt(block: i32): void {
  const bytes0 = v128.load(block);
  const bytes1 = v128.load(block + LANES);
  const bytes2 = v128.load(block + 2 * LANES);
  const bytes3 = v128.load(block + 3 * LANES);
  const continues: u64 = signsOf(continuesAt(bytes0), continuesAt(bytes1), continuesAt(bytes2), continuesAt(bytes3));
  const leads: u64 = signsOf(leadsAt(bytes0), leadsAt(bytes1), leadsAt(bytes2), leadsAt(bytes3));
  const next: u64 = (byteAt(block + BLOCK) & 0xc0) === 0x80 ? 1 : 0;
  const nextButOne: u64 = (byteAt(block + BLOCK + 1) & 0xc0) === 0x80 ? 1 : 0;
  const wide: u64 = leads & ((continues >> 1) | (next << 63)) & ((continues >> 2) | (next << 62) | (nextButOne << 63));
  const printable: u64 = signsOf(printableAt(bytes0), printableAt(bytes1), printableAt(bytes2), printableAt(bytes3));
  const text: u64 = printable | wide | (wide << 1) | (wide << 2) | (wideBefore >> 63) | (wideBefore >> 62);
  const text2: u64 = text & ((text << 1) | (textBefore >> 63));
  const text4: u64 = text2 & ((text2 << 2) | (text2Before >> 62));
  pairs = wide & ((wide << 3) | (wideBefore >> 61));
  strings = (text4 & ((text4 << 4) | (text4Before >> 60))) | pairs;
  wideBefore = wide;
  textBefore = text;
  text2Before = text2;
  text4Before = text4;
}

function continuesAt(bytes: v128): v128 {
  return i8x16.lt_s(bytes, i8x16.splat(i8(0xc0)));
}

function leadsAt(bytes: v128): v128 {
  return i8x16.eq(v128.and(bytes, i8x16.splat(i8(0xf0))), i8x16.splat(i8(0xe0)));
}

/** Vertical tabs, form feeds and DEL, too, which spares comparisons. */
function printableAt(bytes: v128): v128 {
  return v128.or(i8x16.gt_s(bytes, i8x16.splat(0x1f)), within(bytes, 0x09, 0x05));
}
