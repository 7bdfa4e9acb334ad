import { FULL_STOP, HYPHEN, isLetter, isLetterOrDigit, isIdentifier, PLUS, SPACE } from './characters.ts';
import { EMAIL, PASSWORD } from './kinds.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';

const LONGEST_LOCAL_PART: i32 = 64;
const LONGEST_DOMAIN: i32 = 255;
/** In bytes, of characters with up to three. */
const LONGEST_PASSWORD: i32 = 192;
const LONGEST_WIDE_PART: i32 = 192;
const AT: i32 = 0x40;
const COLON: i32 = 0x3a;
const SLASH: i32 = 0x2f;
const BRACKET: i32 = 0x5b;

/** What an `@` may stand in: a mailbox, or a log-in in an address. */
export function atSignAround(at: i32): void {
  passwordBefore(at);
  mailAround(at);
}

/** An `@` between a local part and a domain with a dot. Its finer rules are left to what looks at the candidate. */
function mailAround(at: i32): void {
  if (!isLocal(byteAt(at - 1)) || !isLetterOrDigit(byteAt(at + 1))) return;
  let end: i32 = at + 1;
  let dot: i32 = 0;
  while (end - at <= LONGEST_DOMAIN) {
    const byte: i32 = byteAt(end);
    if (byte === FULL_STOP && isLetterOrDigit(byteAt(end + 1))) dot = end;
    else if (!isLetterOrDigit(byte) && byte !== HYPHEN) break;
    end++;
  }
  if (dot === 0 || end - dot < 3 || !isLetter(byteAt(dot + 1))) return;
  let start: i32 = at;
  while (at - start < LONGEST_LOCAL_PART && isLocal(byteAt(start - 1))) start--;
  emit(EMAIL, start, end);
}

/** RFC 5321 `atext`, and the dot. */
function isLocal(byte: i32): boolean {
  if (isIdentifier(byte) || byte === FULL_STOP || byte === HYPHEN || byte === PLUS) return true;
  // ! # $ % & ' * / = ? ^ ` { | } ~
  if (byte === 0x21 || (byte >= 0x23 && byte <= 0x27) || byte === 0x2a || byte === 0x2f) return true;
  return byte === 0x3d || byte === 0x3f || byte === 0x5e || byte === 0x60 || (byte >= 0x7b && byte <= 0x7e);
}

/** `://user:password@`, RFC 3986 section 3.2.1. */
function passwordBefore(at: i32): void {
  const start: i32 = beforeCredential(at, LONGEST_PASSWORD);
  if (at - start < 4 || byteAt(start - 1) !== COLON || (!isLetterOrDigit(byteAt(at + 1)) && byteAt(at + 1) !== BRACKET)) return;
  const user: i32 = beforeCredential(start - 1, LONGEST_PASSWORD);
  if (user === start - 1 || byteAt(user - 1) !== SLASH || byteAt(user - 2) !== SLASH || byteAt(user - 3) !== COLON) return;
  if (isLetter(byteAt(user - 4))) emit(PASSWORD, start, at);
}

/** The first place from which on, to `end`, there are no characters that a user's name and a password must escape. */
function beforeCredential(end: i32, most: i32): i32 {
  let start: i32 = end;
  while (end - start < most) {
    const byte: i32 = byteAt(start - 1);
    if (byte <= SPACE || byte === COLON || byte === AT || byte === SLASH || byte === 0x22 || byte === 0x27) break;
    start--;
  }
  return start;
}

/** A full-width `@` from `start` to `end` between characters of a mailbox of either width. */
export function wideMailAround(start: i32, end: i32): void {
  let first: i32 = start;
  let length: i32 = wideLetterBefore(first);
  while (length !== 0 && start - first < LONGEST_WIDE_PART) {
    first -= length;
    length = wideLetterBefore(first);
  }
  let behind: i32 = end;
  length = wideLetterLength(behind);
  while (length !== 0 && behind - end < LONGEST_WIDE_PART) {
    behind += length;
    length = wideLetterLength(behind);
  }
  if (first < start && behind > end) emit(EMAIL, first, behind);
}

/** Length of the character before `at`, when it is printable ASCII or its full-width form; else 0. */
function wideLetterBefore(at: i32): i32 {
  if (byteAt(at - 3) === 0xef && (byteAt(at - 2) === 0xbc || byteAt(at - 2) === 0xbd)) return 3;
  if (byteAt(at - 2) === 0x82 || (byteAt(at - 2) === 0x81 && byteAt(at - 1) !== 0x40)) return 2;
  return byteAt(at - 1) > SPACE && byteAt(at - 1) < 0x7f ? 1 : 0;
}

function wideLetterLength(at: i32): i32 {
  if (byteAt(at) === 0xef && (byteAt(at + 1) === 0xbc || byteAt(at + 1) === 0xbd)) return 3;
  if (byteAt(at) === 0x82 || (byteAt(at) === 0x81 && byteAt(at + 1) !== 0x40)) return 2;
  return byteAt(at) > SPACE && byteAt(at) < 0x7f ? 1 : 0;
}
