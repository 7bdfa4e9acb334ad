import { encodingOfCodePage } from './code-pages.ts';

const DICTIONARY = 0;
const CODE_PAGE = 1;
const INT16 = 2;
const ANSI_STRING = 0x1e;
const UNICODE_STRING = 0x1f;
const MOST_PROPERTIES = 1000;
const LONGEST_STRING = 65_536;

export interface PropertyString {
  /** Of properties that users define; the others have numbers only. */
  readonly name: string | undefined;
  readonly text: string;
}

/** The strings of a property set ([MS-OLEPS]): title, subject, author, keywords, comments, company, and what users define. */
export function propertyStrings(bytes: Buffer): PropertyString[] {
  const strings: PropertyString[] = [];
  const sets = bytes.length >= 28 ? Math.min(2, bytes.readUInt32LE(24)) : 0;
  for (let set = 0; set < sets; set++) {
    const where = 28 + set * 20 + 16;
    if (where + 4 <= bytes.length) strings.push(...setStrings(bytes.subarray(bytes.readUInt32LE(where))));
  }
  return strings;
}

function setStrings(set: Buffer): PropertyString[] {
  if (set.length < 8) return [];
  const count = Math.min(MOST_PROPERTIES, set.readUInt32LE(4));
  const properties: { readonly id: number; readonly at: number }[] = [];
  for (let index = 0; index < count && 16 + index * 8 <= set.length; index++) {
    const at = set.readUInt32LE(12 + index * 8);
    if (at + 8 <= set.length) properties.push({ id: set.readUInt32LE(8 + index * 8), at });
  }
  const page = properties.find(({ id, at }) => id === CODE_PAGE && set.readUInt16LE(at) === INT16);
  const encoding = encodingOfCodePage(page === undefined ? 1252 : set.readUInt16LE(page.at + 4)) ?? 'windows-1252';
  const dictionary = properties.find(({ id }) => id === DICTIONARY);
  const names = dictionary === undefined ? new Map<number, string>() : dictionaryAt(set, dictionary.at, encoding);
  return properties.flatMap(({ id, at }) => {
    if (id === DICTIONARY || id === CODE_PAGE) return [];
    const text = trimmed(stringAt(set, at, encoding));
    return text === '' ? [] : [{ name: names.get(id), text }];
  });
}

/** [MS-OLEPS] 2.17: identifiers and the names they stand for; in code page 1200 padded to four bytes. */
function dictionaryAt(set: Buffer, from: number, encoding: string): Map<number, string> {
  const names = new Map<number, string>();
  const wide = encoding === 'utf-16le';
  const decoder = new TextDecoder(encoding);
  const count = Math.min(MOST_PROPERTIES, set.readUInt32LE(from));
  let at = from + 4;
  for (let index = 0; index < count && at + 8 <= set.length; index++) {
    const length = Math.min(LONGEST_STRING, set.readUInt32LE(at + 4)) * (wide ? 2 : 1);
    names.set(set.readUInt32LE(at), trimmed(decoder.decode(set.subarray(at + 8, at + 8 + length))));
    at += 8 + (wide ? (length + 3) & ~3 : length);
  }
  return names;
}

function trimmed(text: string): string {
  return text.replace(/\0[^]*$/, '').trim();
}

function stringAt(set: Buffer, at: number, encoding: string): string {
  const type = set.readUInt16LE(at);
  const length = Math.min(LONGEST_STRING, set.readUInt32LE(at + 4));
  if (type === ANSI_STRING) return new TextDecoder(encoding).decode(set.subarray(at + 8, at + 8 + length));
  if (type === UNICODE_STRING) return new TextDecoder('utf-16le').decode(set.subarray(at + 8, at + 8 + length * 2));
  return '';
}
