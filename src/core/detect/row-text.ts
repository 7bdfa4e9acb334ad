const TAB = 0x09;
const LINE_FEED = 0x0a;
const ENCODER = new TextEncoder();

/** The text of a row as detectors read it, put together when one does: most rows are only scanned. */
export class RowText {
  readonly #cells: readonly string[];
  #text: string | undefined;

  constructor(cells: readonly string[]) {
    this.#cells = cells;
  }

  get text(): string {
    this.#text ??= `${this.#cells.map((cell) => `${cell}\t`).join('')}\n`;
    return this.#text;
  }
}

/** Writes the text of a row in UTF-8, as `TextEncoder` does, and returns its length. Of many short strings that is cheaper than to join them. */
export function encodeRow(cells: readonly string[], bytes: Uint8Array): number {
  let to = 0;
  for (const cell of cells) {
    to = encodeCell(cell, bytes, to);
    bytes[to++] = TAB;
  }
  bytes[to++] = LINE_FEED;
  return to;
}

function encodeCell(cell: string, bytes: Uint8Array, from: number): number {
  let to = from;
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at);
    if (code < 0x80) bytes[to++] = code;
    else if (code < 0x800) {
      bytes[to++] = 0xc0 | (code >> 6);
      bytes[to++] = 0x80 | (code & 0x3f);
    } else if (code >= 0xd800 && code < 0xe000) return from + ENCODER.encodeInto(cell, bytes.subarray(from)).written;
    else {
      bytes[to++] = 0xe0 | (code >> 12);
      bytes[to++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[to++] = 0x80 | (code & 0x3f);
    }
  }
  return to;
}
