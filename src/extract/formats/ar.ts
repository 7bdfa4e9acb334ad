import { ByteReader } from '../byte-reader.ts';
import { bufferSource } from '../byte-source.ts';
import { contentOfSource, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import { extractStreamMember, memberName } from './stream-member.ts';

const MAGIC_BYTES = 8;
const HEADER_BYTES = 60;
const LINE_FEED = 0x0a;
const SLASH = 0x2f;
/** A longer table of names is read like any member, and the names stay references to it. */
const LONGEST_TABLE = 1_048_576;
const LONGEST_NAME = 4096;
/** GNU, and Windows' libraries: the names that are too long for a header. */
const NAME_TABLE = '//';

/**
 * ar: static libraries (GNU, BSD, Windows) and Debian packages. Members in order, as a stream; the tables of symbols and
 * names are read like the others. Format: deb(5), and ar.h of GNU binutils and of BSD.
 */
export async function extractAr(level: Level, content: Content): Promise<void> {
  const reader = new ByteReader(content.chunks(), level.extraction.budget);
  try {
    await reader.skip(MAGIC_BYTES);
    await readMembers(level, reader);
  } finally {
    await reader.close();
  }
}

async function readMembers(level: Level, reader: ByteReader): Promise<void> {
  let table: Buffer = Buffer.alloc(0);
  for (;;) {
    const header = await reader.read(HEADER_BYTES);
    if (header.length === 0) return;
    level.extraction.budget.countEntry();
    const size = sizeOf(header);
    const written = header.toString('latin1', 0, 16).trimEnd();
    const inData = Number(/^#1\/(\d{1,4})$/.exec(written)?.[1] ?? 0);
    if (inData > Math.min(size, LONGEST_NAME)) throw new TypeError('a name too long for ar');
    if (written === NAME_TABLE && size <= LONGEST_TABLE) {
      table = await reader.read(size);
      const names = table;
      await level.inner(NAME_TABLE, () => contentOfSource(bufferSource(names)));
    } else {
      const raw = inData > 0 ? untilZero(await reader.read(inData)) : nameOf(written, header, table);
      await extractStreamMember(level, reader, memberName(raw), size - inData);
    }
    if (size % 2 === 1) await reader.skip(1);
  }
}

function sizeOf(header: Buffer): number {
  const [, size] = /^(\d{1,10}) *`\n$/.exec(header.toString('latin1', 48)) ?? [];
  if (size === undefined) throw new TypeError('no ar header where one was due');
  return Number(size);
}

/** `name/` of GNU, `name` of BSD and Debian, `/12` for a name in the table; tables of symbols are `/` and the like. */
function nameOf(written: string, header: Buffer, table: Buffer): Buffer {
  const at = Number(/^\/(\d{1,10})$/.exec(written)?.[1] ?? table.length);
  if (at < table.length) {
    const name = untilZero(table.subarray(at, at + LONGEST_NAME));
    const end = name.indexOf(LINE_FEED);
    return withoutSlash(end < 0 ? name : name.subarray(0, end));
  }
  const name = header.subarray(0, written.length);
  return written.startsWith('/') ? name : withoutSlash(name);
}

function untilZero(name: Buffer): Buffer {
  const end = name.indexOf(0);
  return end < 0 ? name : name.subarray(0, end);
}

function withoutSlash(name: Buffer): Buffer {
  return name.at(-1) === SLASH ? name.subarray(0, -1) : name;
}
