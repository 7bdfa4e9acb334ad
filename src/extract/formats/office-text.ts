import type { Place } from '../../contracts/finding.ts';
import type { Extraction } from '../extraction.ts';
import type { XmlEvents } from './xml-events.ts';

/** Which elements of an office format mean what. Names are without prefix. */
export interface OfficeVocabulary {
  /** Character data counts only inside one of these. */
  readonly textIn: ReadonlySet<string>;
  readonly paragraphs: ReadonlySet<string>;
  readonly row: string;
  readonly cell: string;
  readonly table: string;
  /** Holds a second copy of what stands beside it, or the reading of a word. */
  readonly skip: ReadonlySet<string>;
}

/** WordprocessingML and DrawingML (ECMA-376): both write text in `t`, paragraphs in `p`, tables as `tbl`, `tr`, `tc`. */
export const OOXML_TEXT: OfficeVocabulary = {
  textIn: new Set(['t', 'delText', 'text']),
  paragraphs: new Set(['p', 'cm', 'comment']),
  row: 'tr',
  cell: 'tc',
  table: 'tbl',
  skip: new Set(['Fallback', 'rPh']),
};

/** OpenDocument 1.3: text stands directly in paragraphs and headings. */
export const ODF_TEXT: OfficeVocabulary = {
  textIn: new Set(['p', 'h']),
  paragraphs: new Set(['p', 'h']),
  row: 'table-row',
  cell: 'table-cell',
  table: 'table',
  skip: new Set(),
};

interface OpenTable {
  readonly id: number;
  rows: number;
  cells: string[];
}

/** Turns the elements of a document into paragraphs and table rows. A table inside a cell is read as rows of its own. */
export function officeTextEvents(vocabulary: OfficeVocabulary, extraction: Extraction, place: Place): XmlEvents {
  const tables: OpenTable[] = [];
  /** One buffer for each open cell, and the document's own below them. */
  const buffers: string[] = [''];
  let inText = 0;
  let skipping = 0;

  const append = (text: string): void => {
    buffers[buffers.length - 1] += text;
  };
  const endParagraph = (): void => {
    if (buffers.length > 1) {
      append(' ');
      return;
    }
    const text = buffers[0] ?? '';
    if (text.trim() !== '') extraction.emit({ kind: 'text', text, place });
    buffers[0] = '';
  };
  const endRow = (table: OpenTable): void => {
    table.rows++;
    extraction.emit({ kind: 'row', table: table.id, cells: table.cells.map((cell) => cell.trim()), place: { ...place, line: table.rows } });
    table.cells = [];
  };

  return {
    open(name) {
      if (vocabulary.skip.has(name)) skipping++;
      if (skipping > 0) return;
      if (vocabulary.textIn.has(name)) inText++;
      if (name === vocabulary.table) tables.push({ id: extraction.newTable(), rows: 0, cells: [] });
      else if (name === vocabulary.cell) buffers.push('');
      else if (name === 'tab' || name === 's') append(' ');
      else if (name === 'br' || name === 'cr' || name === 'line-break') append(buffers.length > 1 ? ' ' : '\n');
    },
    close(name) {
      if (vocabulary.skip.has(name)) {
        skipping--;
        return;
      }
      if (skipping > 0) return;
      if (vocabulary.textIn.has(name)) inText--;
      if (vocabulary.paragraphs.has(name)) endParagraph();
      const table = tables.at(-1);
      if (name === vocabulary.cell && buffers.length > 1) table?.cells.push(buffers.pop() ?? '');
      else if (name === vocabulary.row && table !== undefined) endRow(table);
      else if (name === vocabulary.table) tables.pop();
    },
    text(text) {
      if (inText > 0 && skipping === 0) append(text);
    },
  };
}
