import { collect } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { utf16Text } from '../utf16-text.ts';
import type { ZipListing, ZipMember } from '../zip-archive.ts';
import { extractMember } from './archive.ts';
import { numberText, rkNumber } from './excel-numbers.ts';
import { readXml } from './xml-events.ts';

/** Record types of [MS-XLSB] 2.3; all others are left out. */
const RECORD = {
  row: 0,
  firstCell: 1,
  rk: 2,
  real: 5,
  string: 6,
  shared: 7,
  formulaString: 8,
  formulaNumber: 9,
  firstShort: 12,
  lastShort: 18,
  item: 19,
  sheet: 156,
  headerFooter: 479,
} as const;
const WORKBOOK = 'xl/workbook.bin';
const RELATIONS = 'xl/_rels/workbook.bin.rels';
const STRINGS = 'xl/sharedStrings.bin';
const SHEET = /^xl\/worksheets\/[^/]+\.bin$/;
const MOST_COLUMNS = 16_384;
/** A column and a style stand before the value of a cell. */
const CELL_BYTES = 8;

/** xlsb ([MS-XLSB]): the rows of every sheet, headers and footers; all other members by their true type. */
export async function extractBinaryWorkbook(level: Level, listing: ZipListing): Promise<void> {
  const { extraction } = level;
  const members = new Map(listing.members.map((member) => [member.name, member]));
  const names = await sheetNames(level, members);
  const strings: string[] = [];
  for (const { type, data } of recordsOf(level, await partBytes(level, members.get(STRINGS))))
    if (type === RECORD.item) strings.push(wideString(data, 1));
  for (const member of listing.members) {
    extraction.budget.countEntry();
    if (SHEET.test(member.name))
      await readSheet(level, member, names.get(member.name) ?? member.name.slice('xl/worksheets/'.length, -4), strings);
    else if (member.name !== WORKBOOK && member.name !== STRINGS) await extractMember(level, member);
  }
  if (listing.failure !== undefined) extraction.report(listing.failure, level.part);
}

async function sheetNames(level: Level, members: ReadonlyMap<string, ZipMember>): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  const relations = members.get(RELATIONS);
  const { budget } = level.extraction;
  if (relations?.supported === true && !relations.encrypted) {
    await readXml(
      relations.stream(budget, () => level.extraction.report('corrupt', level.part)),
      {
        open: (name, attributes) => {
          if (name === 'Relationship') targets.set(attributes.get('Id') ?? '', attributes.get('Target') ?? '');
        },
      },
      budget,
    );
  }
  const names = new Map<string, string>();
  for (const { type, data } of recordsOf(level, await partBytes(level, members.get(WORKBOOK)))) {
    if (type !== RECORD.sheet) continue;
    const relation = wideString(data, 8);
    const target = targets.get(relation) ?? '';
    names.set(target.startsWith('/') ? target.slice(1) : `xl/${target}`, wideString(data, 12 + relation.length * 2).slice(0, 256));
  }
  return names;
}

async function readSheet(level: Level, member: ZipMember, sheet: string, strings: readonly string[]): Promise<void> {
  const { extraction } = level;
  const table = extraction.newTable();
  let cells: string[] = [];
  let line = 0;
  let column = -1;
  const endRow = (): void => {
    if (cells.length > 0) extraction.emit({ kind: 'row', table, cells, place: placeOf(level, { sheet, ...(line >= 1 ? { line } : {}) }) });
    cells = [];
    column = -1;
  };
  for (const { type, data } of recordsOf(level, await partBytes(level, member))) {
    if (type === RECORD.row) {
      endRow();
      line = data.length >= 4 ? data.readUInt32LE(0) + 1 : 0;
      continue;
    }
    if (type === RECORD.headerFooter) {
      for (const text of headerTexts(data)) extraction.emit({ kind: 'text', text, place: placeOf(level, { sheet }) });
      continue;
    }
    const full = fullCell(type, data, column);
    if (full === undefined) continue;
    column = Math.min(MOST_COLUMNS, full.data.readUInt32LE(0));
    const text = cellText(full.type, full.data, strings);
    if (text === undefined) continue;
    while (cells.length < column) cells.push('');
    cells[column] = text;
  }
  endRow();
}

/** A cell with its column. That of a short one (BrtShortBlank to BrtShortIsst, as SheetJS writes them) is the next after the last cell's. */
function fullCell(type: number, data: Buffer, last: number): BinaryRecord | undefined {
  if (type >= RECORD.firstCell && type < RECORD.firstShort) return data.length < CELL_BYTES ? undefined : { type, data };
  if (type < RECORD.firstShort || type > RECORD.lastShort) return undefined;
  const column = Buffer.alloc(4);
  column.writeUInt32LE(last + 1);
  return data.length < 4 ? undefined : { type: LONG_FORMS[type - RECORD.firstShort] ?? 0, data: Buffer.concat([column, data]) };
}

/** Blank, RK, error, Boolean, real, string, shared string. */
const LONG_FORMS = [1, 2, 3, 4, 5, 6, 7] as const;

function cellText(type: number, data: Buffer, strings: readonly string[]): string | undefined {
  switch (type) {
    case RECORD.rk:
      return data.length < 12 ? undefined : numberText(rkNumber(data.readInt32LE(CELL_BYTES)));
    case RECORD.real:
    case RECORD.formulaNumber:
      return data.length < 16 ? undefined : numberText(data.readDoubleLE(CELL_BYTES));
    case RECORD.shared:
      return data.length < 12 ? undefined : strings[data.readUInt32LE(CELL_BYTES)];
    case RECORD.string:
    case RECORD.formulaString:
      return wideString(data, CELL_BYTES);
    default:
      return undefined;
  }
}

/** 2.5.168: a count of characters, the characters. */
function wideString(data: Buffer, at: number): string {
  if (at + 4 > data.length) return '';
  return utf16Text(data.subarray(at + 4, at + 4 + data.readUInt32LE(at) * 2));
}

/** Flags, then up to six strings; one that is not there has a count of 0xffffffff. */
function headerTexts(data: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 2; at + 4 <= data.length;) {
    const missing = data.readUInt32LE(at) === 0xffffffff;
    const text = missing ? '' : wideString(data, at);
    if (text !== '') texts.push(text);
    at += 4 + text.length * 2;
  }
  return texts;
}

interface BinaryRecord {
  readonly type: number;
  readonly data: Buffer;
}

/** A part that is encrypted is told, and is empty. */
async function partBytes({ extraction, part }: Level, member: ZipMember | undefined): Promise<Buffer> {
  if (member?.encrypted === false && member.supported)
    return collect(
      member.stream(extraction.budget, () => extraction.report('corrupt', part)),
      extraction.budget,
    );
  if (member !== undefined) extraction.report(member.encrypted ? 'encrypted' : 'unsupported', part);
  return Buffer.alloc(0);
}

/** 2.1.4: a type of one or two bytes, a size of up to four, seven bits each. One that ends too early is told. */
function* recordsOf({ extraction, part }: Level, bytes: Buffer): Generator<BinaryRecord> {
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    if (++count % 4096 === 0) extraction.budget.checkTime();
    let type = bytes[at++] ?? 0;
    if (type >= 0x80) type = (type & 0x7f) | ((bytes[at++] ?? 0) << 7);
    let size = 0;
    for (let index = 0; index < 4; index++) {
      const byte = bytes[at++] ?? 0;
      size |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) break;
    }
    if (at + size > bytes.length) {
      extraction.report('corrupt', part);
      return;
    }
    yield { type, data: bytes.subarray(at, at + size) };
    at += size;
  }
}
