import { folded, lettersOf, unitKind, KIND } from '../fold.ts';

/** How the values of a column are compared, and where such values may stand in text. */
export const COLUMN_KINDS = ['number', 'email', 'code', 'text'] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** In units after normalising: what is shorter is too common to look for, what is longer is no value of a table. */
export const SHORTEST: Readonly<Record<ColumnKind, number>> = { number: 4, email: 5, code: 4, text: 2 };
export const LONGEST_VALUE = 64;

/** A cell as it is compared, or '' when it holds nothing of the kind. `text` is normalised already (NFKC). */
export function columnValue(kind: ColumnKind, text: string): string {
  const value = spelled(kind, text);
  return value.length < SHORTEST[kind] || value.length > LONGEST_VALUE ? '' : value;
}

function spelled(kind: ColumnKind, text: string): string {
  switch (kind) {
    case 'number': {
      const digits = text.replaceAll(/[^0-9]/g, '');
      // +81 90-... and 090-... are one number.
      return /^\s*\+81/.test(text) ? `0${digits.slice(2).replace(/^0/, '')}` : digits;
    }
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(text.trim()) ? text.trim().toLowerCase() : '';
    case 'code':
      return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    case 'text':
      return lettersOf(text);
  }
}

/** What kind of column its values make: of cells that are not empty, nineteen of twenty must fit. */
export function columnKind(cells: readonly string[]): ColumnKind {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const fits = (pattern: RegExp): boolean =>
    filled.length > 0 && filled.filter((cell) => pattern.test(cell)).length * 20 >= filled.length * 19;
  if (fits(/^\+?[0-9][0-9 ()./-]*$/)) return 'number';
  if (fits(/^[^\s@]+@[^\s@]+$/)) return 'email';
  // Words of letters alone are names, not codes.
  if (fits(/^(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ._/-]*$/)) return 'code';
  return 'text';
}

/** Which lengths the values of a column have: only those are looked up. */
export type Lengths = Uint8Array;

/** Where a value may stand: in units of the text, and its spelling. */
export type Candidate = (value: string, start: number, end: number) => void;

/** Pieces of a number or a code that separators hold together, e.g. 090-1234-5678. */
const MOST_PIECES = 6;

/** Gives every stretch between `from` and `to` that may be a value of a kind and of one of the lengths. */
export function eachCandidate(kind: ColumnKind, lengths: Lengths, text: string, from: number, to: number, give: Candidate): void {
  if (kind === 'email') eachEmail(lengths, text, from, to, give);
  else if (kind === 'text') eachStretch(lengths, text, from, to, give);
  else eachPieced(kind === 'code', lengths, text, from, to, give);
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isCode = (unit: number): boolean => isDigit(unit) || (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
/** Space, brackets, hyphen, full stop, slash, low line. */
const isSeparator = (unit: number): boolean =>
  unit === 0x20 || unit === 0x28 || unit === 0x29 || unit === 0x2d || unit === 0x2e || unit === 0x2f || unit === 0x5f;

function eachPieced(code: boolean, lengths: Lengths, text: string, from: number, to: number, give: Candidate): void {
  const belongs = code ? isCode : isDigit;
  const starts: number[] = [];
  const ends: number[] = [];
  let at = from;
  while (at < to) {
    if (!belongs(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    starts.length = 0;
    ends.length = 0;
    // A chain of pieces; each may be followed by up to two separators.
    for (let more = true; more && at < to;) {
      const start = at;
      while (at < to && belongs(text.charCodeAt(at))) at += 1;
      starts.push(start);
      ends.push(at);
      let next = at;
      while (next < to && next < at + 2 && isSeparator(text.charCodeAt(next))) next += 1;
      more = next > at && next < to && belongs(text.charCodeAt(next));
      if (more) at = next;
    }
    giveChain(code, lengths, text, starts, ends, give);
  }
}

function giveChain(
  code: boolean,
  lengths: Lengths,
  text: string,
  starts: readonly number[],
  ends: readonly number[],
  give: Candidate,
): void {
  for (let first = 0; first < starts.length; first++) {
    const start = starts[first] ?? 0;
    const country = !code && text.charCodeAt(start - 1) === 0x2b && text.startsWith('81', start);
    let length = 0;
    for (let last = first; last < Math.min(starts.length, first + MOST_PIECES); last++) {
      const end = ends[last] ?? 0;
      length += end - (starts[last] ?? 0);
      if (length > LONGEST_VALUE + 2) break;
      if (lengths[length] === 1) give(joined(code, text, starts, ends, first, last), start, end);
      if (!country) continue;
      const national = `0${joined(code, text, starts, ends, first, last).slice(2).replace(/^0/, '')}`;
      if (lengths[national.length] === 1) give(national, start, end);
    }
  }
}

function joined(code: boolean, text: string, starts: readonly number[], ends: readonly number[], first: number, last: number): string {
  let value = '';
  for (let piece = first; piece <= last; piece++) value += text.slice(starts[piece], ends[piece]);
  return code ? value.toLowerCase() : value;
}

const isMailUnit = (unit: number): boolean =>
  isCode(unit) || unit === 0x2e || unit === 0x2d || unit === 0x5f || unit === 0x2b || unit === 0x25;

function eachEmail(lengths: Lengths, text: string, from: number, to: number, give: Candidate): void {
  for (let at = text.indexOf('@', from); at >= 0 && at < to; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > from && at - start < LONGEST_VALUE && isMailUnit(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < to && end - at < LONGEST_VALUE && isMailUnit(text.charCodeAt(end))) end += 1;
    while (end > at + 1 && !isCode(text.charCodeAt(end - 1))) end -= 1;
    if (lengths[end - start] === 1) give(text.slice(start, end).toLowerCase(), start, end);
  }
}

/** Letters without what stands between them; words of Latin letters are taken whole, other scripts set no words apart. */
function eachStretch(lengths: Lengths, text: string, from: number, to: number, give: Candidate): void {
  let letters = '';
  const places: number[] = [];
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index);
    if (unitKind(unit) === KIND.other || unit === 0x5f) continue;
    letters += String.fromCharCode(folded(unit));
    places.push(index);
  }
  const longest = lengths.lastIndexOf(1);
  for (let first = 0; first < places.length; first++) {
    const start = places[first] ?? 0;
    if (isInsideLatin(text, start)) continue;
    for (let length = SHORTEST.text; length <= longest && first + length <= places.length; length++) {
      if (lengths[length] !== 1) continue;
      const end = (places[first + length - 1] ?? 0) + 1;
      if (isInsideLatin(text, end)) continue;
      give(letters.slice(first, first + length), start, end);
    }
  }
}

const isInsideLatin = (text: string, at: number): boolean =>
  at > 0 && at < text.length && unitKind(text.charCodeAt(at)) === KIND.latin && unitKind(text.charCodeAt(at - 1)) === KIND.latin;
