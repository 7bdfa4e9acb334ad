import type { ZipListing } from '../zip-archive.ts';

/** Formats that are zips of files: read as archives, called by their name. */
const PACKAGES: readonly (readonly [name: string, member: string])[] = [
  ['xlsb', 'xl/workbook.bin'],
  ['vsdx', 'visio/document.xml'],
  ['xps', 'FixedDocSeq.fdseq'],
  ['epub', 'META-INF/container.xml'],
  ['apk', 'AndroidManifest.xml'],
  ['jar', 'META-INF/MANIFEST.MF'],
];

export function packageTypeOf({ members }: ZipListing): string {
  const names = new Set(members.map(({ name }) => name));
  return PACKAGES.find(([, member]) => names.has(member))?.[0] ?? 'zip';
}
