import type { Content } from '../content.ts';
import { decodedText } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';

const TOKEN = /<!--|-->|<\/?([a-zA-Z][a-zA-Z0-9]*)(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*>|[^<]+|</g;
const BLOCK = /^(?:p|div|br|li|ul|ol|h[1-6]|hr|dt|dd|section|article|header|footer|title|option|pre|table|script|style|body|html|head)$/;
const LONGEST_CARRY = 8192;

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  yen: '¥',
  middot: '・',
  copy: '©',
};

/** HTML as text: tags away, character references decoded, table rows as rows. Comments and scripts are text too: data hides there. */
export async function extractHtml(level: Level, content: Content): Promise<void> {
  const reader = new HtmlReader(level);
  let carried = '';
  for await (const chunk of decodedText(content.chunks())) {
    level.extraction.budget.checkTime();
    const text = carried + chunk;
    const open = text.lastIndexOf('<');
    const safe = open < 0 || text.indexOf('>', open) >= 0 || text.length - open > LONGEST_CARRY ? text.length : open;
    reader.read(text.slice(0, safe));
    carried = text.slice(safe);
  }
  reader.read(carried);
  reader.finish();
}

class HtmlReader {
  readonly #level: Level;
  #text = '';
  #cells: string[] | undefined;
  #table = 0;
  #row = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  read(html: string): void {
    for (const token of html.matchAll(TOKEN)) {
      const [written, tag] = token;
      if (tag === undefined) this.#text += written.startsWith('<') || written === '-->' ? ' ' : decodeReferences(written);
      else this.#tag(tag.toLowerCase(), written.startsWith('</'), written);
    }
  }

  finish(): void {
    this.#endRow();
    this.#endText();
  }

  #tag(name: string, closing: boolean, written: string): void {
    if (name === 'table' && !closing) {
      this.#endText();
      this.#table = this.#level.extraction.newTable();
      this.#row = 0;
    } else if (name === 'tr') {
      this.#endRow();
      if (!closing) {
        this.#endText();
        this.#cells = [];
      }
    } else if (name === 'td' || name === 'th') {
      this.#endCell();
    } else if (BLOCK.test(name)) {
      if (this.#cells === undefined) this.#endText();
      else this.#text += ' ';
    }
    for (const link of written.matchAll(/(?:href|value|content|alt|title)\s?=\s?["']([^"'<>]{3,2000})["']/gi)) {
      this.#text += ` ${decodeReferences(link[1] ?? '')} `;
    }
  }

  #endCell(): void {
    if (this.#cells === undefined) return;
    const cell = this.#text.trim();
    if (cell !== '') this.#cells.push(cell);
    this.#text = '';
  }

  #endRow(): void {
    this.#endCell();
    if (this.#cells !== undefined && this.#cells.length > 0) {
      this.#row++;
      this.#level.extraction.emit({
        kind: 'row',
        table: this.#table,
        cells: this.#cells,
        place: placeOf(this.#level, { line: this.#row }),
      });
    }
    this.#cells = undefined;
  }

  #endText(): void {
    if (this.#text.trim() !== '') this.#level.extraction.emit({ kind: 'text', text: this.#text, place: placeOf(this.#level) });
    this.#text = '';
  }
}

/** Character references of HTML and XML; names beyond the usual few stay as they are. */
export function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g,
    (written, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? written;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
    },
  );
}
