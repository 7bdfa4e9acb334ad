import { byteAt } from './memory.ts';

/**
 * Strings in bytes that are no text: runs of printable ASCII, tabs, ends of line and whole characters of three bytes in
 * UTF-8. No value that is looked for is shorter than a string, so that chance gives few of them and loses none.
 */
const FEWEST_BYTES: i32 = 8;
const WIDE: i32 = 3;

/** Whether an address is within a string: of `FEWEST_BYTES`, or with two characters of three bytes side by side. */
export function isInString(address: i32): boolean {
  const begin: i32 = characterAround(address);
  if (begin === 0) return false;
  let wideBehind: boolean = isWideAt(begin);
  let length: i32 = wideBehind ? WIDE : 1;
  let wide: boolean = wideBehind;
  for (let at: i32 = begin; length < FEWEST_BYTES;) {
    const before: i32 = lengthBefore(at);
    if (before === 0) break;
    if (wide && before === WIDE) return true;
    wide = before === WIDE;
    at -= before;
    length += before;
  }
  for (let at: i32 = begin + (wideBehind ? WIDE : 1); length < FEWEST_BYTES;) {
    const behind: i32 = isWideAt(at) ? WIDE : isPrintable(byteAt(at)) ? 1 : 0;
    if (behind === 0) return false;
    if (wideBehind && behind === WIDE) return true;
    wideBehind = behind === WIDE;
    at += behind;
    length += behind;
  }
  return true;
}

/** Where the printable character begins that holds an address, or 0. */
function characterAround(address: i32): i32 {
  if (isPrintable(byteAt(address)) || isWideAt(address)) return address;
  if (isWideAt(address - 1)) return address - 1;
  return isWideAt(address - 2) ? address - 2 : 0;
}

function lengthBefore(at: i32): i32 {
  if (isPrintable(byteAt(at - 1))) return 1;
  return isWideAt(at - WIDE) ? WIDE : 0;
}

function isPrintable(byte: i32): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isWideAt(at: i32): boolean {
  return (byteAt(at) & 0xf0) === 0xe0 && (byteAt(at + 1) & 0xc0) === 0x80 && (byteAt(at + 2) & 0xc0) === 0x80;
}
