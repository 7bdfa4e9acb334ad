// oxlint-disable no-control-regex -- Word marks paragraphs, cells, fields and objects with control characters
import type { CompoundStorage } from '../compound-file.ts';
import { placeOf, type Level } from '../extraction.ts';
import { utf16Text } from '../utf16-text.ts';

/** [MS-DOC] 2.5.1 and following: offsets in the file information block. */
const FIB = {
  magic: 0,
  version: 2,
  language: 6,
  flags: 0x0a,
  firstCharacter: 0x18,
  endOfCharacters: 0x1c,
  clx: 0x1a2,
  clxLength: 0x1a6,
} as const;
const WORD_97_MAGIC = 0xa5ec;
const WORD_95_MAGIC = 0xa5dc;
const JAPANESE = 0x0411;
const ENCRYPTED = 0x0100;
const SECOND_TABLE = 0x0200;
const WORD_97 = 0xc1;
const COMPRESSED = 0x40000000;
const PROPERTIES = 1;
const PIECES = 2;
const FIELD_BEGIN = '\u0013';
const MOST_CELLS_IN_ROW = 64;

/** Word 97 to 2003 ([MS-DOC]): the text of all pieces, which is body, notes, headers, comments and boxes in one. */
export function extractWord(level: Level, { streams }: CompoundStorage): void {
  const { extraction } = level;
  const document = streams.get('WordDocument')?.read() ?? Buffer.alloc(0);
  const magic = document.length < 0x1aa ? 0 : document.readUInt16LE(FIB.magic);
  if (magic !== WORD_97_MAGIC && magic !== WORD_95_MAGIC) {
    extraction.report('corrupt', level.part);
    return;
  }
  const flags = document.readUInt16LE(FIB.flags);
  if ((flags & ENCRYPTED) !== 0) {
    extraction.report('encrypted', level.part);
    return;
  }
  if (magic === WORD_95_MAGIC || document.readUInt16LE(FIB.version) < WORD_97) {
    const encoding = document.readUInt16LE(FIB.language) === JAPANESE ? 'shift_jis' : 'windows-1252';
    const bytes = document.subarray(document.readUInt32LE(FIB.firstCharacter), document.readUInt32LE(FIB.endOfCharacters));
    emitParagraphs(level, new TextDecoder(encoding).decode(bytes));
    return;
  }
  const table = streams.get((flags & SECOND_TABLE) === 0 ? '0Table' : '1Table')?.read() ?? Buffer.alloc(0);
  const clx = document.readUInt32LE(FIB.clx);
  const text = pieceText(document, table.subarray(clx, clx + document.readUInt32LE(FIB.clxLength)));
  if (text === undefined) extraction.report('corrupt', level.part);
  else emitParagraphs(level, text);
}

/** 2.8.35: where each piece of the text lies, in one byte a character or in two. */
function pieceText(document: Buffer, clx: Buffer): string | undefined {
  let at = 0;
  while (at + 3 <= clx.length && clx[at] === PROPERTIES) at += 3 + clx.readUInt16LE(at + 1);
  if (at + 5 > clx.length || clx[at] !== PIECES) return undefined;
  const pieces = clx.subarray(at + 5, at + 5 + clx.readUInt32LE(at + 1));
  const count = Math.floor((pieces.length - 4) / 12);
  let text = '';
  for (let index = 0; index < count && text.length <= document.length; index++) {
    const length = pieces.readUInt32LE((index + 1) * 4) - pieces.readUInt32LE(index * 4);
    const where = pieces.readUInt32LE((count + 1) * 4 + index * 8 + 2);
    if (length <= 0) continue;
    if ((where & COMPRESSED) === 0) text += utf16Text(document.subarray(where, where + length * 2));
    else text += new TextDecoder('windows-1252').decode(document.subarray((where & ~COMPRESSED) / 2, (where & ~COMPRESSED) / 2 + length));
  }
  return text;
}

/** Paragraphs end in CR; cells and rows both in BEL. Which one is a row's shows in their rhythm: its own paragraph is empty. */
function emitParagraphs(level: Level, text: string): void {
  const { extraction } = level;
  let cells: string[] = [];
  const endTable = (): void => {
    if (cells.length > 0) emitRows(level, cells);
    cells = [];
  };
  for (const [paragraph, end] of paragraphsOf(text)) {
    if (end === '\u0007') cells.push(cleaned(paragraph).replaceAll('\n', ' ').trim());
    else {
      endTable();
      const shown = cleaned(paragraph);
      if (shown.trim() !== '') extraction.emit({ kind: 'text', text: shown, place: placeOf(level) });
    }
  }
  endTable();
}

function* paragraphsOf(text: string): Generator<readonly [paragraph: string, end: string]> {
  const ends = /[\r\u0007\f]/g;
  let from = 0;
  for (let found = ends.exec(text); found !== null; found = ends.exec(text)) {
    yield [text.slice(from, found.index), found[0]];
    from = ends.lastIndex;
  }
  yield [text.slice(from), ''];
}

function emitRows(level: Level, marks: readonly string[]): void {
  const width = rowWidth(marks);
  const table = level.extraction.newTable();
  for (let at = 0, line = 1; at < marks.length; at += width + 1, line++) {
    const cells = marks.slice(at, at + width);
    if (cells.some((cell) => cell !== '')) level.extraction.emit({ kind: 'row', table, cells, place: placeOf(level, { line }) });
  }
}

/** The shortest rhythm in which every row ends in an empty mark; a table of uneven rows is cut at the first empty mark. */
function rowWidth(marks: readonly string[]): number {
  for (let width = 1; width <= MOST_CELLS_IN_ROW; width++) {
    if (marks.length % (width + 1) !== 0) continue;
    let even = true;
    for (let at = width; even && at < marks.length; at += width + 1) even = marks[at] === '';
    if (even) return width;
  }
  const first = marks.indexOf('');
  return first > 0 ? first : Math.min(marks.length, MOST_CELLS_IN_ROW);
}

/** Field marks, object anchors and special hyphens; a field's code (a link's target) stands before its result. */
function cleaned(text: string): string {
  return text
    .replaceAll(FIELD_BEGIN, ' ')
    .replaceAll('\u0014', ' ')
    .replaceAll('\u001e', '-')
    .replaceAll('\u000b', '\n')
    .replace(/[\0-\u0008\u000e-\u0018\u001f]/g, '');
}
