import type { Budget } from '../budget.ts';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { decodedText } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';

/** A property of vCard (RFC 6350) or iCalendar (RFC 5545): both write content lines the same way. */
interface ContentLine {
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
}

/** What a person's properties are called at the head of a column. */
const CARD_COLUMNS: readonly (readonly [property: string, heading: string])[] = [
  ['FN', '氏名'],
  ['ADR', '住所'],
  ['TEL', '電話番号'],
  ['EMAIL', 'メールアドレス'],
  ['BDAY', '生年月日'],
];
const SMALLEST_FILE = 64;

export function looksLikeDirectoryEntries(start: string): 'vcard' | 'icalendar' | undefined {
  const [, kind] = /^BEGIN:(VCARD|VCALENDAR)\r?\n/i.exec(start) ?? [];
  if (kind === undefined) return undefined;
  return kind.toUpperCase() === 'VCARD' ? 'vcard' : 'icalendar';
}

/** vCard: people as rows of a table, and all properties as text. iCalendar: all properties as text. Attached files by their type. */
export async function extractDirectoryEntries(level: Level, content: Content): Promise<void> {
  const { extraction } = level;
  // Quoted-printable may hold another encoding than the lines around it, so the bytes are kept one to one.
  const bytes = await collect(content.chunks(), extraction.budget);
  const table = extraction.newTable();
  let headed = false;
  let card: ContentLine[] | undefined;
  let files = 0;
  for (const { text, line } of unfoldedLines(bytes.toString('latin1'), extraction.budget)) {
    extraction.budget.checkTime();
    const property = await parsedLine(text);
    if (property === undefined) continue;
    const { name, parameters, value } = property;
    if (name === 'BEGIN' && /^vcard$/i.test(value)) card = [];
    else if (name === 'END' && card !== undefined) {
      if (!headed)
        extraction.emit({ kind: 'row', table, cells: CARD_COLUMNS.map(([, heading]) => heading), place: placeOf(level, { line: 1 }) });
      headed = true;
      extraction.emit({ kind: 'row', table, cells: cardCells(card), place: placeOf(level, { line }) });
      card = undefined;
    } else if (/encoding=b(?:ase64)?(?:;|$)|^base64$/i.test(parameters) || value.startsWith('data:')) {
      const file = Buffer.from(value.replace(/^data:[^,]*,/, ''), 'base64');
      if (file.length < SMALLEST_FILE) continue;
      extraction.budget.countEntry();
      await level.inner(`${name.toLowerCase()}-${++files}`, () => contentOfSource(bufferSource(file)));
    } else if (card !== undefined && CARD_COLUMNS.some(([column]) => column === name)) card.push(property);
    else if (name !== 'BEGIN' && name !== 'END') {
      extraction.emit({ kind: 'text', text: value, place: placeOf(level, { line }) });
      // Text between rows ends a table: the next card needs its headings again.
      headed = false;
    }
  }
}

function cardCells(card: readonly ContentLine[]): string[] {
  return CARD_COLUMNS.map(([column]) =>
    card
      .filter(({ name }) => name === column)
      .map(({ value }) => value.replace(/^(?:tel|mailto):/i, ''))
      .join(' '),
  );
}

/** Lines with their continuations: after a fold (a space or a tab), or after `=` in quoted-printable. `line` is where they begin. */
function* unfoldedLines(text: string, budget: Budget): Generator<{ readonly text: string; readonly line: number }> {
  let number = 1;
  for (let at = 0; at < text.length;) {
    const line = number;
    const parts: string[] = [];
    let quoted = false;
    for (;;) {
      const end = lineEnd(text, at);
      const soft = quoted && end > at && text.charCodeAt(end - 1) === EQUALS;
      parts.push(text.slice(at, soft ? end - 1 : end));
      if (parts.length === 1) quoted = QUOTED.test(text.slice(at, Math.min(end, at + LONGEST_PARAMETERS)));
      // The first line ends in `=` before it is known that it is quoted.
      const firstSoft = parts.length === 1 && quoted && end > at && text.charCodeAt(end - 1) === EQUALS;
      if (firstSoft) parts[0] = text.slice(at, end - 1);
      at = text.startsWith('\r\n', end) ? end + 2 : end + 1;
      if (++number % 4096 === 0) budget.checkTime();
      if (at >= text.length) break;
      const code = text.charCodeAt(at);
      if (soft || firstSoft) continue;
      if (code !== SPACE && code !== TAB) break;
      at++;
    }
    yield { text: parts.join(''), line };
  }
}

const QUOTED = /^[^:]*quoted-printable/i;
const LONGEST_PARAMETERS = 1024;
const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;

function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}

async function parsedLine(line: string): Promise<ContentLine | undefined> {
  const [, name, parameters = '', value] =
    /^(?:[\w-]+\.)?([\w-]+)((?:;(?:[^:";]|"[^"]*")*)*):([^]*)$/.exec(line.slice(0, 16_777_216)) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const quoted = /quoted-printable/i.test(parameters);
  const raw = quoted ? value.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : value;
  const text = await decodeBytes(Buffer.from(raw, 'latin1'), /charset=([\w-]+)/i.exec(parameters)?.[1]);
  return { name: name.toUpperCase(), parameters: parameters.slice(1), value: unescaped(text) };
}

async function decodeBytes(bytes: Buffer, charset: string | undefined): Promise<string> {
  if (charset !== undefined) {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      // A name that is none: what the bytes look like decides.
    }
  }
  let text = '';
  for await (const piece of decodedText([bytes])) text += piece;
  return text;
}

/** `\n` is a line end, `\,` and `\;` stand for themselves; parts of an address and a name are put in a line. */
function unescaped(text: string): string {
  return text.replace(/\\([^])|;/g, (_, escaped: string | undefined) => {
    if (escaped === undefined) return ' ';
    return escaped === 'n' || escaped === 'N' ? '\n' : escaped;
  });
}
