import { countLineFeeds } from '../../core/detect/index.ts';
import type { Content } from '../content.ts';
import { textPieces, type TextPiece } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';
import { decodeReferences } from './html.ts';

/** Writing of a format that hides characters: only text that holds its sign needs to be changed. */
interface Hiding {
  readonly sign: string;
  readonly reveal: (text: string) => string;
}

const JSON_ESCAPES: Hiding = {
  sign: '\\',
  reveal: (text) =>
    text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replace(/\\[nrt]/g, ' '),
};
const REFERENCES: Hiding = { sign: '&', reveal: decodeReferences };

/** Running text, as lines. */
export async function extractPlainText(level: Level, content: Content): Promise<void> {
  await emitText(level, content);
}

/** JSON as text: only its escapes hide anything (`\u500b`), so it is not parsed, and its depth does not matter. */
export async function extractJson(level: Level, content: Content): Promise<void> {
  await emitText(level, content, JSON_ESCAPES);
}

/**
 * Any XML as text with its character references decoded. It is not parsed: names, attributes, comments and instructions
 * are all places for data, damage hides nothing, and entities are never expanded.
 */
export async function extractXml(level: Level, content: Content): Promise<void> {
  await emitText(level, content, REFERENCES);
}

/** Emits a text file's pieces, bytes as bytes where nothing is hidden in them, and says the line each begins on. */
async function emitText(level: Level, content: Content, hiding?: Hiding): Promise<void> {
  const { emit, budget } = level.extraction;
  let line = 1;
  let hasLines = true;
  let waiting: TextPiece | undefined;
  /** The piece that waits is told to go on, or to end the text. */
  const emitWaiting = (unfinished: boolean): void => {
    const piece = waiting;
    if (piece === undefined) return;
    // Text in an encoding that nobody knows has lines, too; what holds zeros has none.
    if ('bytes' in piece && piece.encoding === 'binary') hasLines &&= !piece.bytes.includes(0);
    const place = hasLines ? placeOf(level, { line }) : placeOf(level);
    if ('text' in piece) {
      emit({ kind: 'text', text: hiding?.reveal(piece.text) ?? piece.text, place, unfinished });
      line += countLineFeedsOf(piece.text);
      return;
    }
    if (hasLines) line += countLineFeeds(piece.bytes);
    if (hiding === undefined || !piece.bytes.includes(hiding.sign.charCodeAt(0)))
      return emit({ kind: 'bytes', ...piece, place, unfinished });
    const text = new TextDecoder(piece.encoding === 'binary' ? 'utf-8' : piece.encoding).decode(piece.bytes);
    emit({ kind: 'text', text: hiding.reveal(text), place, unfinished });
  };
  const emitPiece = (piece: TextPiece): void => {
    if ('text' in piece ? piece.text === '' : piece.bytes.length === 0) return;
    emitWaiting(true);
    waiting = piece;
  };
  let carried: TextPiece | undefined;
  try {
    for await (const piece of textPieces(content.chunks())) {
      budget.checkTime();
      if (hiding === undefined) {
        emitPiece(piece);
        continue;
      }
      const [whole, rest] = cut(joined(carried, piece));
      emitPiece(whole);
      carried = rest;
    }
  } finally {
    // What was read before a limit or damage counts.
    if (carried !== undefined) emitPiece(carried);
    emitWaiting(false);
  }
}

/** No escape, no reference and no character is longer. */
const LONGEST_SIGN = 16;
const LONGEST_LINE = 8192;
const LINE_FEED = 0x0a;
/** Bytes below this are whole characters in every encoding that comes as bytes. */
const FIRST_AMBIGUOUS = 0x40;

function joined(carried: TextPiece | undefined, piece: TextPiece): TextPiece {
  if (carried === undefined) return piece;
  if ('text' in carried) return { text: carried.text + ('text' in piece ? piece.text : '') };
  // Only ASCII is carried from bytes into decoded text.
  if ('text' in piece) return { text: Buffer.from(carried.bytes).toString('latin1') + piece.text };
  return { bytes: Buffer.concat([carried.bytes, piece.bytes]), encoding: piece.encoding };
}

/** Cuts at the last line end, or near the end of a very long line: never within an escape or a character. */
function cut(piece: TextPiece): [whole: TextPiece, rest: TextPiece] {
  if ('text' in piece) {
    const end =
      piece.text.lastIndexOf('\n') + 1 || Math.max(0, piece.text.length - (piece.text.length < LONGEST_LINE ? LONGEST_LINE : LONGEST_SIGN));
    return [{ text: piece.text.slice(0, end) }, { text: piece.text.slice(end) }];
  }
  const { bytes, encoding } = piece;
  let end = bytes.lastIndexOf(LINE_FEED) + 1;
  if (end === 0 && bytes.length >= LONGEST_LINE) {
    end = bytes.length - LONGEST_SIGN;
    while (end > bytes.length - LONGEST_LINE && (bytes[end] ?? 0) >= FIRST_AMBIGUOUS) end--;
  }
  return [
    { bytes: bytes.subarray(0, end), encoding },
    { bytes: bytes.subarray(end), encoding },
  ];
}

function countLineFeedsOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
