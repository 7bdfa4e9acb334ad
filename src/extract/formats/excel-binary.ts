import { placeOf, type Level } from '../extraction.ts';
import { encodingOfCodePage } from './code-pages.ts';
import { numberText, rkNumber } from './excel-numbers.ts';
import { characters, excelString, sharedStrings } from './excel-strings.ts';
import { utf16Text } from '../utf16-text.ts';

/** Record types of [MS-XLS] 2.3; all others are left out. */
const RECORD = {
  formula: 0x0006,
  eof: 0x000a,
  header: 0x0014,
  footer: 0x0015,
  filePass: 0x002f,
  continue: 0x003c,
  codePage: 0x0042,
  boundSheet: 0x0085,
  mulRk: 0x00bd,
  rString: 0x00d6,
  sst: 0x00fc,
  labelSst: 0x00fd,
  txo: 0x01b6,
  hyperlink: 0x01b8,
  number: 0x0203,
  label: 0x0204,
  string: 0x0207,
  rk: 0x027e,
  bof: 0x0809,
} as const;
const EXCEL_97 = 0x0600;
const URL_MONIKER = Buffer.from('e0c9ea79f9bace118c8200aa004ba90b', 'hex');
const MOST_COLUMNS = 256;

interface ExcelRecord {
  readonly type: number;
  readonly at: number;
  readonly data: Buffer;
}

/** Excel 5.0 to 2003 ([MS-XLS]): rows of every sheet, hidden ones too, comments, boxes, links, headers and footers. */
export function extractExcel(level: Level, stream: Buffer): void {
  const workbook = new Workbook(level);
  let count = 0;
  for (const record of recordsOf(stream)) {
    if (++count % 4096 === 0) level.extraction.budget.checkTime();
    if (record.type === RECORD.filePass) {
      level.extraction.report('encrypted', level.part);
      return;
    }
    workbook.record(record);
  }
  workbook.finish();
  if (!workbook.ended) level.extraction.report('corrupt', level.part);
}

function* recordsOf(stream: Buffer): Generator<ExcelRecord> {
  for (let at = 0; at + 4 <= stream.length;) {
    const length = stream.readUInt16LE(at + 2);
    yield { type: stream.readUInt16LE(at), at, data: stream.subarray(at + 4, at + 4 + length) };
    at += 4 + length;
  }
}

class Workbook {
  readonly #level: Level;
  readonly #sheetNames = new Map<number, string>();
  #encoding = 'windows-1252';
  #wide = true;
  #strings: string[] = [];
  /** A record that may go on in others: the shared strings, or the text of a box. */
  #continued: { readonly type: number; readonly records: Buffer[] } | undefined;
  #sheet = '';
  #table = 0;
  #row = -1;
  #cells: string[] = [];
  /** Where the result of a formula belongs when it is a string, which comes as a record of its own. */
  #formula: { readonly row: number; readonly column: number } | undefined;
  #depth = 0;
  ended = false;

  constructor(level: Level) {
    this.#level = level;
  }

  record({ type, at, data }: ExcelRecord): void {
    if (type === RECORD.continue) {
      this.#continued?.records.push(data);
      return;
    }
    this.#endContinued();
    if (type === RECORD.sst || type === RECORD.txo) this.#continued = { type, records: [data] };
    else if (type === RECORD.bof) this.#beginSheet(at, data);
    else if (type === RECORD.eof) this.#endSheet();
    else if (data.length >= 2) this.#content(type, data);
  }

  finish(): void {
    this.#endContinued();
    this.#endRow();
  }

  #content(type: number, data: Buffer): void {
    switch (type) {
      case RECORD.codePage:
        this.#encoding = encodingOfCodePage(data.readUInt16LE(0)) ?? this.#encoding;
        break;
      case RECORD.boundSheet:
        if (data.length > 8) this.#sheetNames.set(data.readUInt32LE(0), this.#sheetName(data));
        break;
      case RECORD.header:
      case RECORD.footer:
        this.#emit(excelString(data, 0, this.#wide, this.#encoding));
        break;
      case RECORD.hyperlink:
        this.#emit(linkTarget(data));
        break;
      case RECORD.string:
        if (this.#formula !== undefined)
          this.#cell(this.#formula.row, this.#formula.column, excelString(data, 0, this.#wide, this.#encoding));
        break;
      default:
        if (data.length >= 6) this.#cellRecord(type, data);
    }
  }

  #cellRecord(type: number, data: Buffer): void {
    const row = data.readUInt16LE(0);
    const column = data.readUInt16LE(2);
    if (type === RECORD.labelSst && data.length >= 10) this.#cell(row, column, this.#strings[data.readUInt32LE(6)] ?? '');
    else if (type === RECORD.label || type === RECORD.rString) this.#cell(row, column, excelString(data, 6, this.#wide, this.#encoding));
    else if (type === RECORD.number && data.length >= 14) this.#cell(row, column, numberText(data.readDoubleLE(6)));
    else if (type === RECORD.rk && data.length >= 10) this.#cell(row, column, numberText(rkNumber(data.readInt32LE(6))));
    else if (type === RECORD.mulRk) {
      for (let at = 4, next = column; at + 6 <= data.length - 2; at += 6, next++)
        this.#cell(row, next, numberText(rkNumber(data.readInt32LE(at + 2))));
    } else if (type === RECORD.formula && data.length >= 14) {
      this.#formula = { row, column };
      // 2.5.133: 0xFFFF at the end of the result says that it is no number.
      if (data.readUInt16LE(12) !== 0xffff) this.#cell(row, column, numberText(data.readDoubleLE(6)));
    }
  }

  #beginSheet(at: number, data: Buffer): void {
    this.#depth++;
    if (this.#depth > 1) return;
    this.#endRow();
    if (data.length >= 2) this.#wide = data.readUInt16LE(0) >= EXCEL_97;
    this.#sheet = this.#sheetNames.get(at) ?? '';
    this.#table = this.#level.extraction.newTable();
  }

  #endSheet(): void {
    this.#endRow();
    this.#depth = Math.max(0, this.#depth - 1);
    this.ended = this.#depth === 0;
  }

  #sheetName(data: Buffer): string {
    const count = data[6] ?? 0;
    const text = this.#wide
      ? characters(data, 8, count, data[7] ?? 0).text
      : new TextDecoder(this.#encoding).decode(data.subarray(7, 7 + count));
    return text.slice(0, 256);
  }

  #cell(row: number, column: number, text: string): void {
    if (row !== this.#row) this.#endRow();
    this.#row = row;
    if (column >= MOST_COLUMNS || text === '') return;
    while (this.#cells.length < column) this.#cells.push('');
    this.#cells[column] = text;
  }

  #endRow(): void {
    this.#formula = undefined;
    if (this.#cells.length > 0) {
      const place = placeOf(this.#level, { ...this.#sheetPlace(), line: this.#row + 1 });
      this.#level.extraction.emit({ kind: 'row', table: this.#table, cells: this.#cells, place });
    }
    this.#cells = [];
    this.#row = -1;
  }

  #endContinued(): void {
    const continued = this.#continued;
    this.#continued = undefined;
    if (continued?.type === RECORD.sst) this.#strings = sharedStrings(continued.records);
    else if (continued !== undefined) {
      // 2.4.329: the text of a box follows in the next record, which begins with its flags; runs of format after that.
      const [head, text] = continued.records;
      if (head !== undefined && text !== undefined && head.length >= 12)
        this.#emit(characters(text, 1, head.readUInt16LE(10), text[0] ?? 0).text);
    }
  }

  #emit(text: string): void {
    if (text.trim() !== '') this.#level.extraction.emit({ kind: 'text', text, place: placeOf(this.#level, this.#sheetPlace()) });
  }

  #sheetPlace(): { sheet?: string } {
    return this.#sheet === '' ? {} : { sheet: this.#sheet };
  }
}

function linkTarget(data: Buffer): string {
  const at = data.indexOf(URL_MONIKER) + URL_MONIKER.length;
  if (at < URL_MONIKER.length || at + 4 > data.length) return '';
  const bytes = data.subarray(at + 4, at + 4 + data.readUInt32LE(at));
  return utf16Text(bytes).replace(/\0[^]*$/, '');
}
