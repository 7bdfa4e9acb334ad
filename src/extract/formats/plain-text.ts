import type { Content } from '../content.ts';
import { decodedText } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';
import { decodeReferences } from './html.ts';

/** Running text, as lines. */
export async function extractPlainText(level: Level, content: Content): Promise<void> {
  await emitText(level, decodedText(content.chunks()));
}

/** JSON as text: only its escapes hide anything (`\u500b`), so it is not parsed, and its depth does not matter. */
export async function extractJson(level: Level, content: Content): Promise<void> {
  await emitText(level, decodedText(content.chunks()), (text) =>
    text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replace(/\\[nrt]/g, ' '),
  );
}

/**
 * Any XML as text with its character references decoded. It is not parsed: names, attributes, comments and instructions
 * are all places for data, damage hides nothing, and entities are never expanded.
 */
export async function extractXml(level: Level, content: Content): Promise<void> {
  await emitText(level, decodedText(content.chunks()), decodeReferences);
}

/** Emits chunks of text as segments that end at line ends where they can, and says the line each begins on. */
export async function emitText(level: Level, chunks: AsyncIterable<string>, change = (text: string) => text): Promise<void> {
  const { emit, budget } = level.extraction;
  let line = 1;
  let carried = '';
  for await (const chunk of chunks) {
    budget.checkTime();
    const text = carried + chunk;
    const end = lastSafeEnd(text);
    carried = text.slice(end);
    if (end === 0) continue;
    const piece = text.slice(0, end);
    emit({ kind: 'text', text: change(piece), place: placeOf(level, { line }), unfinished: true });
    line += countNewlines(piece);
  }
  emit({ kind: 'text', text: change(carried), place: placeOf(level, { line }) });
}

const LONGEST_CARRY = 8192;

/** The last line end, or near the end of a very long line: never within a surrogate pair or an escape. */
function lastSafeEnd(text: string): number {
  const newline = text.lastIndexOf('\n') + 1;
  return newline > 0 || text.length < LONGEST_CARRY ? newline : text.length - 16;
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
