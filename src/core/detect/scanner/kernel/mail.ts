import { FULL_STOP, HYPHEN, isLetter, isLetterOrDigit, isIdentifier, PLUS } from './characters.ts';
import { EMAIL } from './kinds.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';

const LONGEST_LOCAL_PART: i32 = 64;
const LONGEST_DOMAIN: i32 = 255;

/** An `@` between a local part and a domain with a dot. Its finer rules are left to what looks at the candidate. */
export function mailAround(at: i32): void {
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
