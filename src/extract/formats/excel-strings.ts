import { utf16Text } from '../utf16-text.ts';
const WIDE = 1;
const EXTENDED = 4;
const RICH = 8;

export interface ReadString {
  readonly text: string;
  /** Bytes it took. */
  readonly length: number;
}

/** XLUnicodeString ([MS-XLS] 2.5.294) or, before Excel 97, a string of bytes: a count of two bytes, then characters. */
export function excelString(data: Buffer, at: number, wide: boolean, encoding: string): string {
  if (at + 3 > data.length) return '';
  const count = data.readUInt16LE(at);
  return wide
    ? characters(data, at + 3, count, data[at + 2] ?? 0).text
    : new TextDecoder(encoding).decode(data.subarray(at + 2, at + 2 + count));
}

/** Characters without their count, after a byte of flags. */
export function characters(data: Buffer, at: number, count: number, flags: number): ReadString {
  const length = (flags & WIDE) === 0 ? count : count * 2;
  const bytes = data.subarray(at, at + length);
  return { text: (flags & WIDE) === 0 ? bytes.toString('latin1') : utf16Text(bytes), length: bytes.length };
}

/**
 * The shared strings ([MS-XLS] 2.4.265): a record and its continuations. Characters cut by the end of a record go on
 * after a new byte of flags in the next; everything else just goes on.
 */
export function sharedStrings(records: readonly Buffer[]): string[] {
  const strings: string[] = [];
  const reader = new ContinuedReader(records);
  reader.skip(4);
  const count = reader.uint32();
  while (strings.length < count && !reader.atEnd) strings.push(reader.string());
  return strings;
}

class ContinuedReader {
  readonly #records: readonly Buffer[];
  #record = 0;
  #at = 0;

  constructor(records: readonly Buffer[]) {
    this.#records = records;
  }

  get atEnd(): boolean {
    while (this.#record < this.#records.length && this.#at >= (this.#records[this.#record]?.length ?? 0)) {
      this.#record++;
      this.#at = 0;
    }
    return this.#record >= this.#records.length;
  }

  string(): string {
    const count = this.#uint16();
    let flags = this.#byte();
    const runs = (flags & RICH) === 0 ? 0 : this.#uint16();
    const extension = (flags & EXTENDED) === 0 ? 0 : this.uint32();
    let text = '';
    while (text.length < count) {
      const current = this.#records[this.#record];
      if (current !== undefined && this.#at >= current.length) {
        if (this.atEnd) break;
        flags = this.#byte();
      }
      const data = this.#records[this.#record];
      if (data === undefined) break;
      const piece = characters(data, this.#at, count - text.length, flags);
      if (piece.length === 0) break;
      text += piece.text;
      this.#at += piece.length;
    }
    this.skip(runs * 4 + extension);
    return text;
  }

  skip(length: number): void {
    for (let left = length; left > 0 && !this.atEnd;) {
      const step = Math.min(left, (this.#records[this.#record]?.length ?? 0) - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  uint32(): number {
    return this.#uint16() + this.#uint16() * 0x10000;
  }

  #uint16(): number {
    return this.#byte() + this.#byte() * 0x100;
  }

  #byte(): number {
    return this.atEnd ? 0 : (this.#records[this.#record]?.[this.#at++] ?? 0);
  }
}
