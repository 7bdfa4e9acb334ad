import { contentOfStream } from '../content.ts';
import { LimitReached } from '../budget.ts';
import type { Level } from '../extraction.ts';
import { partName } from '../part-name.ts';
import type { ZipListing, ZipMember } from '../zip-archive.ts';

/** Every member of a zip, each by its own true type. */
export async function extractArchive(level: Level, listing: ZipListing): Promise<void> {
  for (const member of listing.members) {
    level.extraction.budget.countEntry();
    await extractMember(level, member);
  }
  if (listing.failure === 'too-many-entries') throw new LimitReached('too-many-entries', true);
  if (listing.failure !== undefined) level.extraction.report(listing.failure, level.part);
}

export async function extractMember(level: Level, member: ZipMember): Promise<void> {
  const { extraction } = level;
  const part = partName(level.part, member.name);
  if (member.encrypted) extraction.report('encrypted', part);
  else if (!member.supported) extraction.report('unsupported', part);
  else if (!member.directory) {
    const damaged = (): void => extraction.report('corrupt', part);
    await level.inner(member.name, () => contentOfStream(member.stream(extraction.budget, damaged), extraction.budget));
  }
}
