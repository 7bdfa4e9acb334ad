import { appendedZip } from './appended-zip.ts';
import { LimitReached } from './budget.ts';
import { contentOfSource, type Content } from './content.ts';
import type { Level } from './extraction.ts';
import { contentType, type ContentType } from './file-type.ts';
import { extractDelimited } from './formats/delimited.ts';
import { extractHtml } from './formats/html.ts';
import { extractJson, extractPlainText, extractXml } from './formats/plain-text.ts';

/**
 * Extracts one file or member by its content and returns its type. `found` hears the type before the content is read
 * through, so that a limit on the way does not hide it. Formats are loaded when a file needs them: a worker must start quickly.
 */
export async function extractContent(level: Level, content: Content, found: (type: string) => void): Promise<string> {
  const known = await contentType(content);
  const appended = MAY_HIDE_ZIP.has(known.kind) && content.source !== undefined ? appendedZip(content.source) : undefined;
  if (appended === undefined) return extractKnown(level, content, known, found);
  // Both readings count: programs differ in which they take. To one of them the other may be damage.
  let type: string | undefined;
  let damage: unknown;
  try {
    type = await extractKnown(level, content, known, found);
  } catch (error) {
    if (error instanceof LimitReached && error.final) throw error;
    damage = error;
  }
  const zip = await extractZip(level, contentOfSource(appended), () => {});
  if (type === undefined) throw damage;
  return known.kind === 'unknown' ? zip : type;
}

/** What begins like one of these may be an archive to a program that looks at the end. */
const MAY_HIDE_ZIP: ReadonlySet<ContentType['kind']> = new Set([
  'opaque',
  'unsupported',
  'unknown',
  'text',
  'written-tables',
  'table',
  'html',
  'xml',
  'json',
  'pdf',
  'rtf',
  'encrypted',
  'container',
  'ar',
]);

async function extractKnown(level: Level, content: Content, known: ContentType, found: (type: string) => void): Promise<string> {
  const type = 'name' in known ? known.name : typeName(known.kind);
  found(type);
  switch (known.kind) {
    case 'zip':
      return extractZip(level, content, found);
    case 'compound':
      return (await import('./formats/compound-document.ts')).extractCompoundFile(level, content, found);
    case 'compressed':
      await (await import('./formats/compressed.ts')).extractCompressed(level, content, known.name);
      return type;
    case 'archive':
      if (known.name === '7z') await (await import('./formats/seven-zip.ts')).extractSevenZip(level, content);
      else await (await import('./formats/listed-archives.ts')).extractListed(level, content, known.name);
      return type;
    case 'tar':
      await (await import('./formats/tar.ts')).extractTar(level, content);
      return type;
    case 'ar':
      await (await import('./formats/ar.ts')).extractAr(level, content);
      return type;
    case 'pdf':
      await (await import('./formats/pdf.ts')).extractPdf(level, content);
      return type;
    case 'rtf':
      await (await import('./formats/rtf.ts')).extractRtf(level, content);
      return type;
    case 'table':
      await extractDelimited(level, content, known.delimiter);
      return known.delimiter === '\t' ? 'tsv' : type;
    case 'written-tables':
      await (await import('./formats/written-tables.ts')).extractWrittenTables(level, content);
      return type;
    case 'html':
      await extractHtml(level, content);
      return type;
    case 'json':
      await extractJson(level, content);
      return type;
    case 'xml':
      await extractXml(level, content);
      return type;
    case 'eml':
      await (await import('./formats/mail.ts')).extractMail(level, content);
      return type;
    case 'mbox':
      await (await import('./formats/mailbox.ts')).extractMailbox(level, content);
      return type;
    case 'vcard':
    case 'icalendar':
      await (await import('./formats/directory-entries.ts')).extractDirectoryEntries(level, content);
      return type;
    case 'sqlite':
      await (await import('./formats/sqlite.ts')).extractSqlite(level, content);
      return type;
    case 'text':
    case 'unknown':
      // Binary that nobody knows may be a database: its printable strings are looked at.
      await extractPlainText(level, content);
      return type;
    case 'encrypted':
      level.extraction.report('encrypted', level.part);
      return type;
    case 'unsupported':
      level.extraction.report('unsupported', level.part);
      return type;
    case 'container':
      level.extraction.report('unsupported', level.part);
      await extractPlainText(level, content);
      return type;
    case 'opaque':
      if (level.extraction.budget.limits.ocr === true) await extractPicture(level, content, known.name);
      return type;
    case 'empty':
      return type;
  }
}

async function extractPicture(level: Level, content: Content, name: string): Promise<void> {
  const { extractPictureText, PICTURES } = await import('./formats/picture-text.ts');
  if (PICTURES.has(name)) await extractPictureText(level, content, name);
}

async function extractZip(level: Level, content: Content, found: (type: string) => void): Promise<string> {
  const [{ listZip }, { extractOfficePackage, officeTypeOf }, { packageTypeOf }] = await Promise.all([
    import('./zip-archive.ts'),
    import('./formats/office-package.ts'),
    import('./formats/zip-package.ts'),
  ]);
  const { limits } = level.extraction.budget;
  const listing = await listZip(await content.random(), limits.maxEntries);
  const office = await officeTypeOf(listing, level.extraction.budget);
  const type = office ?? packageTypeOf(listing);
  found(type);
  if (office !== null) await extractOfficePackage(level, listing, office);
  else if (type === 'xlsb') await (await import('./formats/excel-package.ts')).extractBinaryWorkbook(level, listing);
  else await (await import('./formats/archive.ts')).extractArchive(level, listing);
  return type;
}

/** The name of a kind of content before it is known more exactly. */
export function typeName(kind: string): string {
  return kind === 'table' ? 'csv' : kind === 'compound' ? 'ole2' : kind;
}
