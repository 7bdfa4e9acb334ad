/** One plain cell of a worksheet, `<c r="B2" s="1" t="s"><v>7</v></c>` or with `<is><t>`: nearly all cells are of this shape. */
export class WorksheetCell {
  /** From 0; -1 where the cell does not say. */
  column = -1;
  type: 'n' | 's' | 'inlineStr' | 'other' = 'n';
  /** Where the value stands in the text. */
  valueStart = 0;
  valueEnd = 0;
  /** Whether the value holds an `e` or `E`, as numbers with an exponent do. */
  hasExponent = false;

  /**
   * Reads the cell that begins at `open` and gives where it ends; -1 where it is of another shape (formulas, readings,
   * references, cut off) and is left to the parser of any XML.
   */
  read(text: string, open: number): number {
    if (text.charCodeAt(open + 1) !== LETTER_C || text.charCodeAt(open + 2) !== SPACE) return -1;
    this.#reset();
    let at = open + 3;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === GREATER) break;
      if (code === SLASH && text.charCodeAt(at + 1) === GREATER) {
        this.valueStart = this.valueEnd = at;
        return at + 2;
      }
      if (code === SPACE) {
        at++;
        continue;
      }
      // Attributes of one letter: r, s, t. All others are rare.
      if (text.charCodeAt(at + 1) !== EQUALS || text.charCodeAt(at + 2) !== QUOTE) return -1;
      at = this.#attribute(text, code, at + 3);
      if (at < 0) return -1;
    }
    at++;
    if (text.startsWith('<v>', at)) return this.#value(text, at + 3, '</v></c>');
    if (this.type === 'inlineStr' && text.startsWith('<is><t', at)) {
      const start = text.charCodeAt(at + 6) === GREATER ? at + 7 : text.startsWith(' xml:space="preserve">', at + 6) ? at + 28 : -1;
      return start < 0 ? -1 : this.#value(text, start, '</t></is></c>');
    }
    if (!text.startsWith('</c>', at)) return -1;
    this.valueStart = this.valueEnd = at;
    return at + 4;
  }

  #reset(): void {
    this.column = -1;
    this.type = 'n';
    this.hasExponent = false;
  }

  /** The value of an attribute up to its closing quote; gives what follows it. */
  #attribute(text: string, name: number, from: number): number {
    let at = from;
    if (name === LETTER_R) {
      let column = 0;
      for (let code = text.charCodeAt(at); code >= LETTER_A && code <= LETTER_Z && at - from < 3; code = text.charCodeAt(++at)) {
        column = column * 26 + code - LETTER_A + 1;
      }
      this.column = column - 1;
      for (let code = text.charCodeAt(at); code >= DIGIT_0 && code <= DIGIT_9; code = text.charCodeAt(++at));
      return text.charCodeAt(at) === QUOTE ? at + 1 : -1;
    }
    if (name === LETTER_S) {
      for (let code = text.charCodeAt(at); code >= DIGIT_0 && code <= DIGIT_9; code = text.charCodeAt(++at));
      return text.charCodeAt(at) === QUOTE ? at + 1 : -1;
    }
    if (name !== LETTER_T) return -1;
    if (text.startsWith('s"', at)) this.type = 's';
    else if (text.startsWith('n"', at)) this.type = 'n';
    else if (text.startsWith('inlineStr"', at)) this.type = 'inlineStr';
    else this.type = 'other';
    const end = this.type === 'inlineStr' ? at + 9 : this.type === 'other' ? text.indexOf('"', at) : at + 1;
    return end < 0 || end - from > LONGEST_TYPE ? -1 : end + 1;
  }

  #value(text: string, start: number, closing: string): number {
    let at = start;
    for (let code = text.charCodeAt(at); code !== LESS; code = text.charCodeAt(++at)) {
      // NaN at the end of the text.
      if (code === AMPERSAND || !(code > 0)) return -1;
      if ((code | 0x20) === LETTER_E) this.hasExponent = true;
    }
    if (!text.startsWith(closing, at)) return -1;
    this.valueStart = start;
    this.valueEnd = at;
    return at + closing.length;
  }
}

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
const LETTER_R = 0x72;
const LETTER_S = 0x73;
const LETTER_T = 0x74;
