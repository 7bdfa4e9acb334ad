import type { CompoundStorage } from '../compound-file.ts';
import { placeOf, type Level } from '../extraction.ts';
import { utf16Text } from '../utf16-text.ts';

/** Record types of [MS-PPT] 2.13.24. */
const RECORD = {
  slide: 1006,
  slidePersist: 1011,
  notes: 1008,
  slideList: 4080,
  textChars: 4000,
  textBytes: 4008,
  string: 4026,
  tagData: 5003,
} as const;
const CONTAINER = 0xf;
const ENCRYPTED_USER = 0xf3d1c4df;
const DEEPEST = 64;

/** PowerPoint 97 to 2003 ([MS-PPT]): all text atoms: slides, notes, masters, comments, links, and what older saves left behind. */
export function extractPowerPoint(level: Level, { streams }: CompoundStorage): void {
  const user = streams.get('Current User')?.read() ?? Buffer.alloc(0);
  if (streams.has('EncryptedSummary') || (user.length >= 16 && user.readUInt32LE(12) === ENCRYPTED_USER)) {
    level.extraction.report('encrypted', level.part);
    return;
  }
  const reader = new PresentationReader(level);
  if (!reader.read(streams.get('PowerPoint Document')?.read() ?? Buffer.alloc(0))) level.extraction.report('corrupt', level.part);
}

class PresentationReader {
  readonly #level: Level;
  #slides = 0;
  #listed = 0;
  #count = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  /** False when the records do not fill the stream, as they must. */
  read(stream: Buffer): boolean {
    return stream.length > 0 && this.#records(stream, 0, undefined);
  }

  #records(bytes: Buffer, depth: number, page: number | undefined): boolean {
    let current = page;
    for (let at = 0; at < bytes.length;) {
      if (++this.#count % 4096 === 0) this.#level.extraction.budget.checkTime();
      if (at + 8 > bytes.length) return false;
      const version = bytes.readUInt16LE(at);
      const type = bytes.readUInt16LE(at + 2);
      const length = bytes.readUInt32LE(at + 4);
      const data = bytes.subarray(at + 8, at + 8 + length);
      if (type === RECORD.slidePersist) current = ++this.#listed;
      // Comments came with PowerPoint 2002: records within a tag that older programs pass over.
      if (type === RECORD.tagData && depth < DEEPEST) this.#records(data, depth + 1, current);
      else if ((version & 0xf) !== CONTAINER) this.#atom(type, data, current);
      else if (depth < DEEPEST && !this.#records(data, depth + 1, this.#pageIn(type, version, current))) return false;
      if (data.length < length) return false;
      at += 8 + length;
    }
    return true;
  }

  /** Slides stand in their order where the file was saved once; the list of slides counts them anew. */
  #pageIn(type: number, version: number, page: number | undefined): number | undefined {
    if (type === RECORD.slide) return ++this.#slides;
    // Instance 0 lists slides; 1 masters and 2 notes.
    if (type === RECORD.slideList) this.#listed = version >> 4 === 0 ? 0 : this.#listed;
    return type === RECORD.slideList && version >> 4 !== 0 ? undefined : page;
  }

  #atom(type: number, data: Buffer, page: number | undefined): void {
    const text = textOf(type, data);
    if (text === undefined || text.trim() === '') return;
    this.#level.extraction.emit({ kind: 'text', text, place: placeOf(this.#level, page === undefined ? {} : { page }) });
  }
}

function textOf(type: number, data: Buffer): string | undefined {
  if (type === RECORD.textBytes) return data.toString('latin1').replaceAll('\r', '\n');
  if (type === RECORD.textChars || type === RECORD.string)
    return utf16Text(data).replaceAll('\r', '\n').replaceAll('\u000b', '\n').replaceAll('\0', '');
  return undefined;
}
