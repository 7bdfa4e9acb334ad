import type { CompoundStorage, CompoundStream } from '../compound-file.ts';
import { bufferSource } from '../byte-source.ts';
import { contentOfSource } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { detectEncoding } from '../text-encoding.ts';
import { decompressRtf } from './compressed-rtf.ts';
import { utf16Text } from '../utf16-text.ts';

/** Properties of [MS-OXPROPS] by their identifier. */
const PROPERTY = { data: '3701', longName: '3707', name: '3704', html: '1013', rtf: '1009' } as const;
const UNICODE = '001F';
const ANSI = '001E';
const BINARY = '0102';
const OBJECT = '000D';
const PROPERTY_STREAM = /^__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$/i;

/** Outlook's .msg ([MS-OXMSG]): every string of the message and of its recipients, the bodies, and each attachment by its own true type. */
export async function extractOutlookMessage(level: Level, message: CompoundStorage): Promise<void> {
  emitStrings(level, message);
  const html = property(message, PROPERTY.html, BINARY);
  if (html !== undefined) await level.inner('body.html', () => contentOfSource(bufferSource(html.read())));
  const rtf = property(message, PROPERTY.rtf, BINARY);
  if (rtf !== undefined)
    await level.inner('body.rtf', () =>
      contentOfSource(bufferSource(decompressRtf(rtf.read(), level.extraction.budget.limits.maxMemoryBytes))),
    );
  let count = 0;
  for (const storage of message.storages) {
    if (storage.name.startsWith('__recip_')) emitStrings(level, storage);
    else if (storage.name.startsWith('__attach_')) await extractAttachment(level, storage, ++count);
  }
}

async function extractAttachment(level: Level, storage: CompoundStorage, number: number): Promise<void> {
  const name = stringOf(storage, PROPERTY.longName) ?? stringOf(storage, PROPERTY.name) ?? `attachment-${number}`;
  const data = property(storage, PROPERTY.data, BINARY);
  if (data !== undefined) await level.inner(name, () => contentOfSource(bufferSource(data.read())));
  // A message within the message is a storage, not a file.
  const embedded = storage.storages.find((inner) => inner.name.toUpperCase() === `__SUBSTG1.0_${PROPERTY.data}${OBJECT}`);
  if (embedded !== undefined) await level.enter(name, (inside) => extractOutlookMessage(inside, embedded));
  if (data === undefined && embedded === undefined) emitStrings(level, storage);
}

function emitStrings(level: Level, { streams }: CompoundStorage): void {
  for (const [name, stream] of streams) {
    const [, , type = ''] = PROPERTY_STREAM.exec(name) ?? [];
    const text = decoded(stream, type.toUpperCase());
    if (text !== undefined && text.trim() !== '') level.extraction.emit({ kind: 'text', text, place: placeOf(level) });
  }
}

function stringOf(storage: CompoundStorage, id: string): string | undefined {
  for (const type of [UNICODE, ANSI]) {
    const stream = property(storage, id, type);
    const text = stream === undefined ? '' : (decoded(stream, type) ?? '');
    if (text !== '') return text;
  }
  return undefined;
}

function property(storage: CompoundStorage, id: string, type: string): CompoundStream | undefined {
  return storage.streams.get(`__substg1.0_${id}${type}`);
}

function decoded(stream: CompoundStream, type: string): string | undefined {
  if (type !== UNICODE && type !== ANSI) return undefined;
  const bytes = stream.read();
  if (type === UNICODE) return utf16Text(bytes).replaceAll('\0', '');
  return new TextDecoder(detectEncoding(bytes) ?? 'windows-1252').decode(bytes).replaceAll('\0', '');
}
