import { contentOfStream, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import type { ArchiveMember } from './archive-member.ts';
import { lzhMembers } from './lzh.ts';
import { rarMembers } from './rar.ts';
import { tellNames } from './seven-zip.ts';

/** rar and lzh: every member whose packing is undone here; the names of the others. */
export async function extractListed(level: Level, content: Content, type: 'rar' | 'lzh'): Promise<void> {
  const source = await content.random();
  const { budget } = level.extraction;
  const [encrypted, packed]: [string[], string[]] = [[], []];
  let count = 0;
  for (const member of type === 'lzh' ? lzhMembers(source) : rarMembers(source, budget)) {
    count++;
    budget.countEntry();
    if (member === 'encrypted') {
      level.extraction.report('encrypted', level.part);
      break;
    }
    const { name, open } = member;
    if (member.encrypted) encrypted.push(name);
    else if (open === undefined) packed.push(name);
    else await level.inner(name, () => contentOfStream(counted(level, member, open), budget));
  }
  // A signature with nothing behind it is the rest of an archive.
  if (count === 0) throw new TypeError('an archive without members');
  tellNames(level, encrypted, 'encrypted');
  tellNames(level, packed, 'unsupported');
}

async function* counted(level: Level, { packedBytes }: ArchiveMember, open: () => Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for (const chunk of open()) {
    total += chunk.length;
    level.extraction.budget.countExpanded(chunk.length, total, packedBytes);
    yield chunk;
  }
}
