import { ByteReader } from '../byte-reader.ts';
import { bufferSource } from '../byte-source.ts';
import { contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { ASIDES, PARAGRAPH_ENDS, SILENT, SPEAKING, SYMBOLS } from './rtf-words.ts';
import { encodingOfCharset, encodingOfCodePage } from './code-pages.ts';

const PIECE = 65_536;
const DEEPEST = 1000;
const LONGEST_TEXT = 65_536;
const MOST_CELLS = 16_384;
const MOST_OBJECT_BYTES = 2 ** 26;

interface Group {
  silent: boolean;
  fontTable: boolean;
  object: boolean;
  aside: boolean;
  /** How many characters stand in for a `\u`. */
  unicodeSkip: number;
  font: number;
}

/** Rich Text Format 1.9.1: text of all groups that are shown, notes, comments, boxes, links, metadata; tables as rows; embedded files. */
export async function extractRtf(level: Level, content: Content): Promise<void> {
  const reader = new ByteReader(content.chunks(), level.extraction.budget);
  const document = new RtfDocument(level);
  let carried = '';
  try {
    for (;;) {
      const piece = await reader.read(PIECE);
      carried = document.read(carried + piece.toString('latin1'), piece.length < PIECE);
      for (const bytes of document.takeObjects())
        await level.inner(`object-${document.objects}`, () => contentOfSource(bufferSource(bytes)));
      if (piece.length < PIECE) return;
    }
  } finally {
    await reader.close();
  }
}

/** One token: a brace, a control word with its number, a byte in hex, a control symbol, plain text. */
const TOKEN = /[{}]|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^])|[^{}\\]+/g;
const LONGEST_TOKEN = 64;

class RtfDocument {
  readonly #level: Level;
  readonly #groups: Group[] = [];
  readonly #fonts = new Map<number, string>();
  readonly #decoders = new Map<string, InstanceType<typeof TextDecoder>>();
  /** Text of the paragraph, and of the asides within it. */
  readonly #texts: string[] = [''];
  #group: Group = { silent: false, fontTable: false, object: false, aside: false, unicodeSkip: 1, font: -1 };
  #encoding = 'windows-1252';
  #bytes: number[] = [];
  #toSkip = 0;
  #ignorable = false;
  #binary = 0;
  #deeper = 0;
  #table: number | undefined;
  #row = 0;
  #cells: string[] = [];
  #inTable = false;
  #hex = '';
  #found: Buffer[] = [];
  objects = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  /** Reads all tokens that are whole, and gives back the rest. */
  read(text: string, last: boolean): string {
    let at = Math.min(this.#binary, text.length);
    this.#binary -= at;
    const end = last ? text.length : text.length - LONGEST_TOKEN;
    TOKEN.lastIndex = at;
    while (at < end) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text);
      if (token === null) break;
      at = TOKEN.lastIndex;
      this.#token(token);
      if (this.#binary > 0) {
        const skipped = Math.min(this.#binary, text.length - at);
        this.#binary -= skipped;
        at += skipped;
      }
    }
    if (last) this.#finish();
    return text.slice(Math.max(at, 0));
  }

  /** Embedded files read since the last call. */
  takeObjects(): Buffer[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #token([written, word, parameter, hex, symbol]: RegExpExecArray): void {
    if (word !== undefined) this.#word(word, parameter === undefined ? undefined : Number(parameter));
    else if (hex !== undefined) this.#byte(Number.parseInt(hex, 16));
    else if (symbol !== undefined) this.#symbol(symbol);
    else if (written === '{') this.#open();
    else if (written === '}') this.#close();
    else this.#plain(written);
  }

  #open(): void {
    this.#flush();
    this.#toSkip = 0;
    this.#ignorable = false;
    // Deeper groups than any program writes share one state; only their braces are counted.
    if (this.#groups.length >= DEEPEST) {
      this.#deeper++;
      return;
    }
    this.#groups.push(this.#group);
    this.#group = { ...this.#group, aside: false };
  }

  #close(): void {
    this.#flush();
    this.#toSkip = 0;
    if (this.#deeper > 0) {
      this.#deeper--;
      return;
    }
    const closed = this.#group;
    this.#group = this.#groups.pop() ?? closed;
    if (closed.aside && this.#group !== closed) this.#emit(this.#texts.length > 1 ? (this.#texts.pop() ?? '') : '');
    if (closed.object && !this.#group.object) this.#endObject();
  }

  #word(word: string, parameter: number | undefined): void {
    if (word === 'u') {
      this.#unicode(parameter ?? 0);
      return;
    }
    this.#flush();
    this.#toSkip = 0;
    const ignorable = this.#ignorable;
    this.#ignorable = false;
    if (word === 'bin') this.#binary = Math.max(0, parameter ?? 0);
    else if (word === 'uc') this.#group.unicodeSkip = Math.min(16, Math.max(0, parameter ?? 1));
    else if (word === 'ansicpg') this.#encoding = encodingOfCodePage(parameter ?? 1252) ?? this.#encoding;
    else if (word === 'mac') this.#encoding = 'macintosh';
    else if (word === 'f') this.#group.font = parameter ?? 0;
    else if (word === 'fonttbl') this.#group.fontTable = true;
    else if (word === 'fcharset') this.#setCharset(parameter ?? 0);
    else if (SILENT.has(word) || (ignorable && !SPEAKING.has(word))) this.#group.silent = true;
    else if (word === 'objdata') this.#group.object = true;
    else if (ASIDES.has(word)) this.#openAside();
    else if (!this.#silent) this.#layout(word);
  }

  #layout(word: string): void {
    const symbol = SYMBOLS[word];
    if (symbol !== undefined) this.#append(symbol);
    else if (word === 'cell' || word === 'nestcell') this.#endCell();
    else if (word === 'row' || word === 'nestrow') this.#endRow();
    else if (PARAGRAPH_ENDS.has(word)) this.#endParagraph();
    else if (word === 'pard') this.#inTable = false;
    else if (word === 'intbl') this.#inTable = true;
    else if (
      /^(?:title|subject|author|company|keywords|doccomm|manager|operator|hlinkbase|sv|propname|staticval|bkmkstart|ffdeftext|ffname)$/.test(
        word,
      )
    ) {
      this.#append(' ');
    }
  }

  get #silent(): boolean {
    return this.#group.silent || this.#group.fontTable || this.#group.object;
  }

  #openAside(): void {
    if (this.#group.silent || this.#group.aside) return;
    this.#group.aside = true;
    this.#texts.push('');
  }

  #setCharset(charset: number): void {
    const encoding = encodingOfCharset(charset);
    if (encoding !== undefined && this.#fonts.size < 4096) this.#fonts.set(this.#group.font, encoding);
  }

  #symbol(symbol: string): void {
    if (symbol === '*') this.#ignorable = true;
    else if (symbol === '\n' || symbol === '\r') {
      this.#flush();
      this.#endParagraph();
    } else if (symbol === '\\' || symbol === '{' || symbol === '}') this.#byte(symbol.charCodeAt(0));
    else if (symbol === '~') this.#byte(0x20);
    else if (symbol === '_') this.#byte(0x2d);
  }

  #plain(text: string): void {
    if (this.#group.object) {
      this.#hex += text.replace(/[^0-9a-fA-F]/g, '');
      if (this.#hex.length > MOST_OBJECT_BYTES * 2) throw new TypeError('an embedded object too large for rtf');
      return;
    }
    if (this.#silent) return;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== 0x0a && code !== 0x0d && code !== 0) this.#byte(code);
    }
  }

  #byte(byte: number): void {
    if (this.#toSkip > 0) this.#toSkip--;
    else if (!this.#silent && this.#bytes.push(byte) >= LONGEST_TEXT) this.#flush(true);
  }

  #unicode(value: number): void {
    this.#flush();
    this.#ignorable = false;
    if (!this.#silent) this.#append(String.fromCharCode(value & 0xffff));
    this.#toSkip = this.#group.unicodeSkip;
  }

  /** Bytes stand for characters by the font they are in; a lead byte in one run and its trail byte in the next do not occur. */
  #flush(unfinished = false): void {
    if (this.#bytes.length === 0) return;
    const encoding = this.#fonts.get(this.#group.font) ?? this.#encoding;
    let decoder = this.#decoders.get(encoding);
    if (decoder === undefined) {
      decoder = new TextDecoder(encoding);
      this.#decoders.set(encoding, decoder);
    }
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    this.#append(decoder.decode(bytes, { stream: unfinished }));
  }

  #append(text: string): void {
    const innermost = this.#texts.length - 1;
    this.#texts[innermost] += text;
    if ((this.#texts[innermost]?.length ?? 0) < LONGEST_TEXT) return;
    this.#emit(this.#texts[innermost] ?? '');
    this.#texts[innermost] = '';
  }

  #endParagraph(): void {
    if (this.#texts.length > 1) {
      const text = this.#texts.pop() ?? '';
      this.#emit(text);
      this.#texts.push('');
    } else if (this.#cells.length > 0 || this.#inTable) this.#texts[0] += ' ';
    else {
      this.#table = undefined;
      this.#emit(this.#texts[0] ?? '');
      this.#texts[0] = '';
    }
  }

  #endCell(): void {
    if (this.#texts.length === 1 && this.#cells.length < MOST_CELLS) this.#cells.push((this.#texts[0] ?? '').trim());
    this.#texts[this.#texts.length - 1] = '';
  }

  #endRow(): void {
    if (this.#cells.length === 0) return;
    if (this.#table === undefined) [this.#table, this.#row] = [this.#level.extraction.newTable(), 0];
    this.#row++;
    this.#level.extraction.emit({ kind: 'row', table: this.#table, cells: this.#cells, place: placeOf(this.#level, { line: this.#row }) });
    this.#cells = [];
  }

  #emit(text: string): void {
    if (text.trim() !== '') this.#level.extraction.emit({ kind: 'text', text, place: placeOf(this.#level) });
  }

  /** [MS-OLEDS] 2.2.4: a header, then the object's own bytes; documents are known by their first bytes. */
  #endObject(): void {
    const bytes = Buffer.from(this.#hex, 'hex');
    this.#hex = '';
    const starts = ['504b0304', 'd0cf11e0a1b11ae1', '25504446']
      .map((magic) => bytes.indexOf(Buffer.from(magic, 'hex')))
      .filter((at) => at >= 0);
    if (starts.length === 0 && bytes.length > 0) this.#level.extraction.report('unsupported', this.#level.part);
    if (starts.length === 0) return;
    this.objects++;
    this.#found.push(bytes.subarray(Math.min(...starts)));
  }

  #finish(): void {
    this.#flush();
    this.#endRow();
    for (const text of this.#texts.toReversed()) this.#emit(text);
    this.#texts.splice(0, this.#texts.length, '');
  }
}
