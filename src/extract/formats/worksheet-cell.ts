import type { XmlPiece } from './xml-events.ts';

/** One plain cell of a worksheet, `<c r="B2" s="1" t="s"><v>7</v></c>` or with `<is><t>`: nearly all cells are of this shape. */
export class WorksheetCell {
  /** From 0; -1 where the cell does not say. */
  column = -1;
  type: 'n' | 's' | 'inlineStr' | 'other' = 'n';
  /** Where the value stands in the piece. */
  valueStart = 0;
  valueEnd = 0;
  /** Whether the value holds an `e` or `E`, as numbers with an exponent do. */
  hasExponent = false;
  #isAscii = true;

  /**
   * Reads the cell that begins at `open` and gives where it ends; -1 where it is of another shape (formulas, readings,
   * references, cut off) and is left to the parser of any XML.
   */
  read({ bytes }: XmlPiece, open: number): number {
    if (bytes[open + 1] !== LETTER_C || bytes[open + 2] !== SPACE) return -1;
    this.#reset();
    let at = open + 3;
    for (;;) {
      const code = bytes[at] ?? 0;
      if (code === GREATER) break;
      if (code === SLASH && bytes[at + 1] === GREATER) {
        this.valueStart = this.valueEnd = at;
        return at + 2;
      }
      if (code === SPACE) {
        at++;
        continue;
      }
      // Attributes of one letter: r, s, t. All others are rare.
      if (bytes[at + 1] !== EQUALS || bytes[at + 2] !== QUOTE) return -1;
      at = this.#attribute(bytes, code, at + 3);
      if (at < 0) return -1;
    }
    at++;
    if (bytes[at] !== LESS) return -1;
    if (bytes[at + 1] === LETTER_V && bytes[at + 2] === GREATER) return this.#value(bytes, at + 3, VALUE_END);
    if (this.type === 'inlineStr' && isAt(bytes, at, TEXT)) {
      const start = bytes[at + 6] === GREATER ? at + 7 : isAt(bytes, at + 6, PRESERVED) ? at + 6 + PRESERVED.length : -1;
      return start < 0 ? -1 : this.#value(bytes, start, TEXT_END);
    }
    if (!isAt(bytes, at, CELL_END)) return -1;
    this.valueStart = this.valueEnd = at;
    return at + CELL_END.length;
  }

  #reset(): void {
    this.column = -1;
    this.type = 'n';
    this.hasExponent = false;
    this.#isAscii = true;
  }

  /** The value of the cell that was read. */
  value({ bytes, latin1 }: XmlPiece): string {
    const { valueStart, valueEnd } = this;
    if (!this.#isAscii) return bytes.toString('utf8', valueStart, valueEnd);
    // A longer slice would keep all of the piece in memory.
    return valueEnd - valueStart <= LONGEST_COPY ? latin1.slice(valueStart, valueEnd) : bytes.toString('latin1', valueStart, valueEnd);
  }

  /** The value as a whole number; -1 where there is none. */
  wholeNumber({ bytes }: XmlPiece): number {
    let number = this.valueStart === this.valueEnd ? -1 : 0;
    for (let at = this.valueStart; at < this.valueEnd; at++) number = number * 10 + (bytes[at] ?? 0) - DIGIT_0;
    return number;
  }

  /** The value of an attribute up to its closing quote; gives what follows it. */
  #attribute(bytes: Uint8Array, name: number, from: number): number {
    let at = from;
    if (name === LETTER_R) {
      let column = 0;
      for (let code = bytes[at] ?? 0; code >= LETTER_A && code <= LETTER_Z && at - from < 3; code = bytes[++at] ?? 0) {
        column = column * 26 + code - LETTER_A + 1;
      }
      this.column = column - 1;
      return endOfNumber(bytes, at);
    }
    if (name === LETTER_S) return endOfNumber(bytes, at);
    if (name !== LETTER_T) return -1;
    if (bytes[at + 1] === QUOTE && (bytes[at] === LETTER_S || bytes[at] === LETTER_N)) {
      this.type = bytes[at] === LETTER_S ? 's' : 'n';
      return at + 2;
    }
    if (isAt(bytes, at, INLINE)) {
      this.type = 'inlineStr';
      return at + INLINE.length;
    }
    this.type = 'other';
    while (at - from <= LONGEST_TYPE && bytes[at] !== QUOTE) at++;
    return bytes[at] === QUOTE ? at + 1 : -1;
  }

  #value(bytes: Uint8Array, start: number, closing: Uint8Array): number {
    let at = start;
    let all = 0;
    for (let code = bytes[at] ?? 0; code !== LESS; code = bytes[++at] ?? 0) {
      if (code === AMPERSAND || code === 0) return -1;
      all |= code;
      if ((code | 0x20) === LETTER_E) this.hasExponent = true;
    }
    if (!isAt(bytes, at, closing)) return -1;
    this.#isAscii = all < 0x80;
    this.valueStart = start;
    this.valueEnd = at;
    return at + closing.length;
  }
}

/** What follows digits and a quote; -1 where they are none. */
function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let code = bytes[at] ?? 0; code >= DIGIT_0 && code <= DIGIT_9; code = bytes[++at] ?? 0);
  return bytes[at] === QUOTE ? at + 1 : -1;
}

function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

const VALUE_END = Buffer.from('</v></c>');
const TEXT = Buffer.from('<is><t');
const PRESERVED = Buffer.from(' xml:space="preserve">');
const TEXT_END = Buffer.from('</t></is></c>');
const CELL_END = Buffer.from('</c>');
const INLINE = Buffer.from('inlineStr"');
/** V8 copies slices up to this length. */
const LONGEST_COPY = 12;
const LONGEST_TYPE = 16;
const SPACE = 0x20;
const QUOTE = 0x22;
const AMPERSAND = 0x26;
const SLASH = 0x2f;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;
const LETTER_C = 0x63;
const LETTER_E = 0x65;
const LETTER_N = 0x6e;
const LETTER_R = 0x72;
const LETTER_S = 0x73;
const LETTER_T = 0x74;
const LETTER_V = 0x76;
