/** ASCII, by its codes; the bytes of other encodings are above 127 or told apart by the caller. */
export const SPACE: i32 = 0x20;
export const HYPHEN: i32 = 0x2d;
export const FULL_STOP: i32 = 0x2e;
export const OPENING: i32 = 0x28;
export const CLOSING: i32 = 0x29;
export const PLUS: i32 = 0x2b;
export const UNDERSCORE: i32 = 0x5f;

export function isDigit(byte: i32): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isCapital(byte: i32): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

export function isLetter(byte: i32): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

export function isLetterOrDigit(byte: i32): boolean {
  return isDigit(byte) || isLetter(byte);
}

/** A number that touches one of these is a piece of an identifier. */
export function isIdentifier(byte: i32): boolean {
  return isLetterOrDigit(byte) || byte === UNDERSCORE;
}

/**
 * Whether the byte before a number makes it a piece of an identifier. Behind the first byte of a Shift_JIS character a
 * letter may be the second, as in the last of 電話: such a number is a candidate, and decoding tells.
 */
export function continuesIdentifier(byte: i32, previous: i32): boolean {
  return isIdentifier(byte) && (isDigit(byte) || !isShiftJisLead(previous));
}

export function isShiftJisLead(byte: i32): boolean {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

/** Alphabet of tokens: base64url. */
export function isToken(byte: i32): boolean {
  return isIdentifier(byte) || byte === HYPHEN;
}
