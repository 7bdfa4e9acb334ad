import type { Place } from '../../contracts/finding.ts';
import type { Extraction } from '../extraction.ts';
import { storedNumber } from './cell-text.ts';
import type { OfficeVocabulary } from './office-vocabulary.ts';
import type { XmlAttributes } from './xml-attributes.ts';
import type { XmlEvents } from './xml-events.ts';

const MOST_COLUMNS = 16_384;
/** A cell with text is rarely repeated; a row of copies says nothing more. */
const MOST_COPIES = 256;
/** A paragraph without end is given in pieces, so that memory stays flat. */
const LONGEST_TEXT = 1_048_576;
const LONGEST_ATTRIBUTE = 8192;
const BREAKS = new Set(['br', 'cr', 'line-break']);
const SPACES = new Set(['tab', 's', 'ptab', 'instrText']);

interface OpenTable {
  readonly id: number;
  rows: number;
  cells: string[];
  /** Empty cells since the last one with text. */
  empty: number;
  repeatRow: number;
}

interface OpenText {
  readonly kind: 'document' | 'cell' | 'aside';
  text: string;
  /** Of a cell: how often it stands there, and its number as stored. */
  readonly copies: number;
  readonly stored: string | undefined;
}

/** Turns the elements of a document into paragraphs and table rows. A table inside a cell is read as rows of its own. */
export function officeTextEvents(vocabulary: OfficeVocabulary, extraction: Extraction, place: Place): XmlEvents {
  const reader = new OfficeTextReader(vocabulary, extraction, place);
  return {
    open: (name, attributes) => reader.open(name, attributes),
    close: (name) => reader.close(name),
    text: (text) => reader.text(text),
  };
}

class OfficeTextReader {
  readonly #vocabulary: OfficeVocabulary;
  readonly #extraction: Extraction;
  readonly #tables: OpenTable[] = [];
  readonly #texts: OpenText[] = [{ kind: 'document', text: '', copies: 1, stored: undefined }];
  #place: Place;
  #inText = 0;
  #skipping = 0;

  constructor(vocabulary: OfficeVocabulary, extraction: Extraction, place: Place) {
    this.#vocabulary = vocabulary;
    this.#extraction = extraction;
    this.#place = place;
  }

  open(name: string, attributes: XmlAttributes): void {
    const words = this.#vocabulary;
    if (words.skip.has(name)) this.#skipping++;
    if (this.#skipping > 0) return;
    this.#emitAttributes(name, attributes);
    this.#move(name, attributes);
    if (words.textIn.has(name)) this.#inText++;
    if (name === words.table) this.#tables.push({ id: this.#extraction.newTable(), rows: 0, cells: [], empty: 0, repeatRow: 1 });
    else if (name === words.row) this.#openRow(attributes);
    else if (words.cells.has(name)) this.#openCell(attributes);
    else if (words.asides.has(name)) this.#texts.push({ kind: 'aside', text: '', copies: 1, stored: undefined });
    else if (SPACES.has(name)) this.#append(' ');
    else if (BREAKS.has(name)) this.#append(this.#texts.length > 1 ? ' ' : '\n');
    else if (name === 'noBreakHyphen') this.#append('-');
  }

  close(name: string): void {
    const words = this.#vocabulary;
    if (words.skip.has(name)) {
      this.#skipping = Math.max(0, this.#skipping - 1);
      return;
    }
    if (this.#skipping > 0) return;
    if (words.textIn.has(name)) this.#inText = Math.max(0, this.#inText - 1);
    if (name === 'instrText') this.#append(' ');
    if (words.paragraphs.has(name)) this.#endParagraph();
    if (words.cells.has(name)) this.#closeCell();
    else if (name === words.row) this.#closeRow();
    else if (name === words.table) this.#tables.pop();
    else if (words.asides.has(name)) this.#closeAside();
  }

  text(text: string): void {
    if (this.#inText > 0 && this.#skipping === 0) this.#append(text);
  }

  #append(text: string): void {
    const open = this.#texts.at(-1);
    if (open === undefined) return;
    open.text += text;
    if (open.text.length < LONGEST_TEXT) return;
    this.#emit(open.text);
    open.text = '';
  }

  #endParagraph(): void {
    const open = this.#texts.at(-1);
    if (open === undefined) return;
    if (open.kind === 'document') {
      this.#emit(open.text);
      open.text = '';
    } else open.text += open.kind === 'aside' ? '\n' : ' ';
  }

  #closeAside(): void {
    const open = this.#texts.at(-1);
    if (open?.kind !== 'aside') return;
    this.#texts.pop();
    this.#emit(open.text);
  }

  #openRow(attributes: XmlAttributes): void {
    const table = this.#tables.at(-1);
    if (table !== undefined) table.repeatRow = repeated(attributes.get('table:number-rows-repeated'));
  }

  #openCell(attributes: XmlAttributes): void {
    const stored = /^(?:float|currency|percentage)$/.test(attributes.get('office:value-type') ?? '')
      ? attributes.get('office:value')
      : undefined;
    const copies = repeated(attributes.get('table:number-columns-repeated'));
    this.#texts.push({ kind: 'cell', text: '', copies, stored: stored === undefined ? undefined : storedNumber(stored) });
  }

  #closeCell(): void {
    const open = this.#texts.at(-1);
    const table = this.#tables.at(-1);
    if (open?.kind !== 'cell') return;
    this.#texts.pop();
    if (table === undefined) return;
    const text = open.stored ?? open.text.trim();
    if (text === '') {
      table.empty += open.copies;
      return;
    }
    const { cells } = table;
    while (table.empty > 0 && cells.length < MOST_COLUMNS) {
      cells.push('');
      table.empty--;
    }
    for (let copy = 0; copy < Math.min(open.copies, MOST_COPIES) && cells.length < MOST_COLUMNS; copy++) cells.push(text);
  }

  #closeRow(): void {
    const table = this.#tables.at(-1);
    if (table === undefined) return;
    if (table.cells.length > 0) {
      this.#extraction.emit({ kind: 'row', table: table.id, cells: table.cells, place: { ...this.#place, line: table.rows + 1 } });
    }
    table.rows += table.repeatRow;
    table.cells = [];
    table.empty = 0;
  }

  /** Elements that say where their contents are: a sheet, a slide, the cell that a comment is about. */
  #move(name: string, attributes: XmlAttributes): void {
    const { sheetName, page, table } = this.#vocabulary;
    const sheet = sheetName !== undefined && name === table && this.#tables.length === 0 ? attributes.get(sheetName) : undefined;
    if (sheet !== undefined) this.#place = { ...this.#place, sheet: sheet.slice(0, 256) };
    else if (name === page) this.#place = { ...this.#place, page: (this.#place.page ?? 0) + 1 };
    else if ((name === 'comment' || name === 'threadedComment') && /^[A-Z]{1,3}\d{1,7}$/.test(attributes.get('ref') ?? '')) {
      this.#place = { ...this.#place, cell: attributes.get('ref') ?? '' };
    }
  }

  #emitAttributes(name: string, attributes: XmlAttributes): void {
    for (const attribute of this.#vocabulary.attributes.get(name) ?? [])
      this.#emit(attributes.get(attribute)?.slice(0, LONGEST_ATTRIBUTE) ?? '');
  }

  #emit(text: string): void {
    if (text.trim() === '') return;
    const line = this.#tables.at(-1)?.rows;
    this.#extraction.emit({ kind: 'text', text, place: line === undefined ? this.#place : { ...this.#place, line: line + 1 } });
  }
}

function repeated(count: string | undefined): number {
  return /^\d{1,7}$/.test(count ?? '') ? Math.max(1, Number(count)) : 1;
}
