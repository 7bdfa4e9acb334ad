import { encodingOfCodePage } from './code-pages.ts';

const CODE_PAGE = 1;
const INT16 = 2;
const ANSI_STRING = 0x1e;
const UNICODE_STRING = 0x1f;
const MOST_PROPERTIES = 1000;
const LONGEST_STRING = 65_536;

/** The strings of a property set ([MS-OLEPS]), a line each: title, subject, author, keywords, comments, company. */
export function propertySetText(bytes: Buffer): string {
  const strings: string[] = [];
  const sets = bytes.length >= 28 ? Math.min(2, bytes.readUInt32LE(24)) : 0;
  for (let set = 0; set < sets; set++) {
    const where = 28 + set * 20 + 16;
    if (where + 4 <= bytes.length) strings.push(...setStrings(bytes.subarray(bytes.readUInt32LE(where))));
  }
  return strings.join('\n');
}

function setStrings(set: Buffer): string[] {
  if (set.length < 8) return [];
  const count = Math.min(MOST_PROPERTIES, set.readUInt32LE(4));
  const properties: { readonly id: number; readonly at: number }[] = [];
  for (let index = 0; index < count && 16 + index * 8 <= set.length; index++) {
    const at = set.readUInt32LE(12 + index * 8);
    if (at + 8 <= set.length) properties.push({ id: set.readUInt32LE(8 + index * 8), at });
  }
  const page = properties.find(({ id, at }) => id === CODE_PAGE && set.readUInt16LE(at) === INT16);
  const encoding = encodingOfCodePage(page === undefined ? 1252 : set.readUInt16LE(page.at + 4)) ?? 'windows-1252';
  return properties.flatMap(({ id, at }) => {
    const text =
      id === CODE_PAGE
        ? ''
        : stringAt(set, at, encoding)
            .replace(/\0[^]*$/, '')
            .trim();
    return text === '' ? [] : [text];
  });
}

function stringAt(set: Buffer, at: number, encoding: string): string {
  const type = set.readUInt16LE(at);
  const length = Math.min(LONGEST_STRING, set.readUInt32LE(at + 4));
  if (type === ANSI_STRING) return new TextDecoder(encoding).decode(set.subarray(at + 8, at + 8 + length));
  if (type === UNICODE_STRING) return new TextDecoder('utf-16le').decode(set.subarray(at + 8, at + 8 + length * 2));
  return '';
}
