import { openCompoundFile, type CompoundStorage, type CompoundStream } from '../compound-file.ts';
import { bufferSource } from '../byte-source.ts';
import { contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { extractExcel } from './excel-binary.ts';
import { extractOutlookMessage } from './outlook-message.ts';
import { labelInfoEvents } from './package-parts.ts';
import { extractPowerPoint } from './powerpoint-binary.ts';
import { propertyStrings } from './property-set.ts';
import { extractWord } from './word-binary.ts';
import { readXml } from './xml-events.ts';

/** Storages within storages: what programs write stays far below. */
const DEEPEST = 16;

/** What an OLE2 compound file holds, by the names in its root: documents of Office 97 to 2003, Outlook messages. */
export async function extractCompoundFile(level: Level, content: Content, found: (type: string) => void): Promise<string> {
  const root = openCompoundFile(await content.random(), level.extraction.budget);
  const type = kindOf(root);
  found(type);
  await extractStorage(level, root, 0);
  if (type === 'ole2') level.extraction.report('unsupported', level.part);
  return type;
}

function kindOf({ streams }: CompoundStorage): string {
  // Office puts an encrypted document in `EncryptedPackage`.
  if (streams.has('EncryptedPackage')) return 'encrypted-office';
  if (streams.has('WordDocument')) return 'doc';
  if (streams.has('Workbook') || streams.has('Book')) return 'xls';
  if (streams.has('PowerPoint Document')) return 'ppt';
  return streams.has('__properties_version1.0') ? 'msg' : 'ole2';
}

async function extractStorage(level: Level, storage: CompoundStorage, depth: number): Promise<void> {
  const { streams } = storage;
  switch (kindOf(storage)) {
    case 'encrypted-office':
      level.extraction.report('encrypted', level.part);
      await readLabels(level, storage, depth);
      return;
    case 'doc':
      extractWord(level, storage);
      break;
    case 'xls':
      extractExcel(level, (streams.get('Workbook') ?? streams.get('Book'))?.read() ?? Buffer.alloc(0));
      break;
    case 'ppt':
      extractPowerPoint(level, storage);
      break;
    case 'msg':
      await extractOutlookMessage(level, storage);
      return;
    default:
  }
  for (const [name, stream] of streams) {
    if (name === '\u0005SummaryInformation' || name === '\u0005DocumentSummaryInformation') emitProperties(level, stream);
    else if (name === 'Package' || name === 'CONTENTS') await level.inner(storage.name, () => contentOfSource(bufferSource(stream.read())));
    else if (name === '\u0001Ole10Native') await extractNativeObject(level, storage.name, stream.read());
  }
  // Embedded documents are storages of the same kinds.
  for (const inner of storage.storages) if (depth < DEEPEST) await extractStorage(level, inner, depth + 1);
}

/** [MS-OFFCRYPTO] 2.6.2: an encrypted document keeps its label beside itself, in the clear. */
async function readLabels(level: Level, { streams, storages }: CompoundStorage, depth: number): Promise<void> {
  const stream = streams.get('LabelInfo');
  if (stream !== undefined) await readXml([stream.read()], labelInfoEvents(level), level.extraction.budget);
  for (const inner of storages) if (depth < DEEPEST) await readLabels(level, inner, depth + 1);
}

function emitProperties(level: Level, stream: CompoundStream): void {
  const properties = propertyStrings(stream.read());
  for (const { name, text } of properties) if (name !== undefined) level.extraction.labels.property(name, text);
  const text = properties.map((property) => property.text).join('\n');
  if (text !== '') level.extraction.emit({ kind: 'text', text, place: placeOf(level) });
}

/** [MS-OLEDS] 2.3.6: a size, a type, three strings that end in zero, two numbers, a size, the file. */
async function extractNativeObject(level: Level, name: string, bytes: Buffer): Promise<void> {
  let at = 6;
  const label = bytes.subarray(at, bytes.indexOf(0, at));
  at = bytes.indexOf(0, at) + 1;
  at = bytes.indexOf(0, at) + 1 + 4;
  if (at + 4 > bytes.length) return;
  at += 4 + bytes.readUInt32LE(at);
  if (at + 4 > bytes.length) return;
  const data = bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at));
  await level.inner(label.length > 0 ? label.toString('latin1') : name, () => contentOfSource(bufferSource(data)));
}
