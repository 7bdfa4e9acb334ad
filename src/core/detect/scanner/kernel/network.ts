import { continuesIdentifier, FULL_STOP, isDigit, isLetterOrDigit } from './characters.ts';
import { IP_ADDRESS } from './kinds.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';

export const COLON: i32 = 0x3a;
const LONGEST_VERSION_6: i32 = 45;

/** An IPv4 address has its last dot at `dot`. */
export function version4Around(dot: i32): void {
  let end: i32 = dot + 1;
  while (end - dot < 5 && isDigit(byteAt(end))) end++;
  if (!isOctet(dot + 1, end) || isLetterOrDigit(byteAt(end)) || (byteAt(end) === FULL_STOP && isDigit(byteAt(end + 1)))) return;
  let start: i32 = dot;
  for (let group: i32 = 0; group < 3; group++) {
    const stop: i32 = start;
    start--;
    while (stop - start < 5 && isDigit(byteAt(start))) start--;
    if (!isOctet(start + 1, stop)) return;
    if (group < 2 && byteAt(start) !== FULL_STOP) return;
  }
  if (byteAt(start) === FULL_STOP || (isLetterOrDigit(byteAt(start)) && continuesIdentifier(byteAt(start), byteAt(start - 1)))) return;
  emit(IP_ADDRESS, start + 1, end);
}

/** 0 to 255 without leading zeros. */
function isOctet(start: i32, end: i32): boolean {
  const length: i32 = end - start;
  if (length < 1 || length > 3 || (length > 1 && byteAt(start) === 0x30)) return false;
  let value: i32 = 0;
  for (let at: i32 = start; at < end; at++) value = value * 10 + byteAt(at) - 0x30;
  return value <= 255;
}

/** An IPv6 address (RFC 4291 section 2.2) has its last colon at `colon`. */
export function version6Around(colon: i32): void {
  let end: i32 = colon + 1;
  while (end - colon < 6 && isHex(byteAt(end))) end++;
  if (end === colon + 1 || end - colon > 5 || goesOn(byteAt(end))) return;
  let start: i32 = colon;
  let colons: i32 = 1;
  let gaps: i32 = 0;
  let group: i32 = 0;
  while (end - start <= LONGEST_VERSION_6) {
    const byte: i32 = byteAt(start - 1);
    if (byte === COLON) {
      colons++;
      if (byteAt(start) === COLON) gaps++;
      group = 0;
    } else if (isHex(byte)) {
      group++;
      if (group > 4) return;
    } else break;
    start--;
  }
  if (
    byteAt(start) === COLON ||
    (goesOn(byteAt(start - 1)) && (byteAt(start - 1) === FULL_STOP || continuesIdentifier(byteAt(start - 1), byteAt(start - 2))))
  ) {
    return;
  }
  if ((gaps === 1 && colons < 8) || (gaps === 0 && colons === 7)) emit(IP_ADDRESS, start, end);
}

function goesOn(byte: i32): boolean {
  return isLetterOrDigit(byte) || byte === COLON || byte === FULL_STOP;
}

function isHex(byte: i32): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
