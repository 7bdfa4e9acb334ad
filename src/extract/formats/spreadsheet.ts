import type { Extraction } from '../extraction.ts';
import { storedNumber } from './cell-text.ts';
import { WorksheetCell } from './worksheet-cell.ts';
import type { XmlEvents } from './xml-events.ts';

const MOST_COLUMNS = 16_384;
const PAGE_TEXT = /^(?:odd|even|first)(?:Header|Footer)$/;

/** xl/sharedStrings.xml: the strings in order. Phonetic readings (`rPh`) are left out: they would stand inside the names. */
export function sharedStringEvents(strings: string[]): XmlEvents {
  let text = '';
  let inText = false;
  let phonetic = 0;
  return {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic++;
      else if (name === 't') inText = phonetic === 0;
    },
    close(name) {
      if (name === 'si') strings.push(text);
      else if (name === 'rPh') phonetic--;
      else if (name === 't') inText = false;
    },
    text(piece) {
      if (inText) text += piece;
    },
  };
}

/** A worksheet's rows. Numbers are given as stored, written out in full where the file has an exponent. */
export function worksheetEvents(extraction: Extraction, sheet: string, part: string | undefined, strings: readonly string[]): XmlEvents {
  const table = extraction.newTable();
  let cells: string[] = [];
  let line = 0;
  let column = -1;
  let type = 'n';
  let value = '';
  let inValue = false;
  let phonetic = 0;
  let pageText: string | undefined;
  const plain = new WorksheetCell();
  let inRow = false;
  const put = (at: number, text: string): void => {
    while (cells.length < at) cells.push('');
    cells[at] = text;
  };
  const sheetPlace = { ...(part === undefined ? {} : { part }), sheet };
  return {
    element(piece, open) {
      const end = inRow ? plain.read(piece, open) : -1;
      if (end < 0) return -1;
      column = Math.min(MOST_COLUMNS, plain.column < 0 ? column + 1 : plain.column);
      if (plain.type === 's') put(column, strings[plain.wholeNumber(piece)] ?? '');
      else {
        const written = plain.value(piece);
        put(column, plain.type === 'n' && plain.hasExponent ? storedNumber(written) : written);
      }
      return end;
    },
    open(name, attributes) {
      if (name === 'row') {
        inRow = true;
        cells = [];
        column = -1;
        line = Number(attributes.get('r') ?? line + 1);
      } else if (name === 'c') {
        column = Math.min(MOST_COLUMNS, columnIndex(attributes.get('r')) ?? column + 1);
        type = attributes.get('t') ?? 'n';
        value = '';
      } else if (name === 'rPh') phonetic++;
      else if (name === 'v' || name === 't') inValue = phonetic === 0;
      else if (PAGE_TEXT.test(name)) pageText = '';
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false;
      else if (name === 'rPh') phonetic--;
      else if (pageText !== undefined && PAGE_TEXT.test(name)) {
        if (pageText.trim() !== '') extraction.emit({ kind: 'text', text: pageText, place: sheetPlace });
        pageText = undefined;
      } else if (name === 'c') {
        put(column, cellText(type, value, strings));
      } else if (name === 'row') {
        inRow = false;
        if (cells.length === 0) return;
        extraction.emit({ kind: 'row', table, cells, place: { ...sheetPlace, ...(line >= 1 ? { line } : {}) } });
      }
    },
    text(piece) {
      if (inValue) value += piece;
      else if (pageText !== undefined) pageText += piece;
    },
  };
}

function cellText(type: string, value: string, strings: readonly string[]): string {
  if (type === 's') return strings[Number(value)] ?? '';
  return type === 'n' ? storedNumber(value) : value;
}

/** `C5` is column 2. */
function columnIndex(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}
