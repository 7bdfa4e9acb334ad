/** The door of extraction: bytes in, segments of text out, by true type. What cannot be read is said, never thrown. */
import type { InspectionLimits } from '../contracts/finding.ts';
import type { Segment } from '../core/detect/index.ts';
import { Budget, LimitReached } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import { compoundKind } from './compound-file.ts';
import { contentOfSource, type Content } from './content.ts';
import { Extraction, type Level, type Unreadable } from './extraction.ts';
import { contentType } from './file-type.ts';
import { extractArchive, partName } from './formats/archive.ts';
import { extractDelimited } from './formats/delimited.ts';
import { extractGzip } from './formats/gzip.ts';
import { extractHtml } from './formats/html.ts';
import { extractMail } from './formats/mail.ts';
import { extractOfficePackage, officeTypeOf } from './formats/office-package.ts';
import { extractPdf } from './formats/pdf.ts';
import { extractJson, extractPlainText, extractXml } from './formats/plain-text.ts';
import { listZip } from './zip-archive.ts';

export { bufferSource, fileSource, type ByteSource } from './byte-source.ts';
export type { Unreadable } from './extraction.ts';

export interface Extracted {
  /** By content, e.g. `xlsx`, `csv`, `text`, `unknown`. */
  readonly type: string;
  readonly unreadable: readonly Unreadable[];
}

export interface ExtractionOptions {
  readonly limits: InspectionLimits;
  /** Milliseconds of any clock that only goes forward. */
  readonly now: () => number;
  /** Called with each segment, in reading order, while extraction runs. */
  readonly emit: (segment: Segment) => void;
}

/** Extracts one file and everything packed in it. */
export async function extractFile(source: ByteSource, { limits, now, emit }: ExtractionOptions): Promise<Extracted> {
  const extraction = new Extraction(new Budget(limits, now), emit);
  let type = 'unknown';
  try {
    const content = contentOfSource(source);
    const level = levelAt(extraction, undefined, 0);
    if (source.size > limits.maxBytes) {
      type = typeName((await contentType(content)).kind);
      throw new LimitReached('too-large', true);
    }
    type = await extractContent(level, content, (found) => {
      type = found;
    });
  } catch (error) {
    extraction.report(reasonOf(error), undefined);
  }
  return { type, unreadable: extraction.unreadable };
}

function levelAt(extraction: Extraction, part: string | undefined, depth: number): Level {
  return {
    extraction,
    part,
    depth,
    async inner(name, open) {
      const inside = partName(part, name);
      if (depth + 1 > extraction.budget.limits.maxDepth) {
        extraction.report('too-deep', inside);
        return;
      }
      try {
        const content = await open();
        await extractContent(levelAt(extraction, inside, depth + 1), content, () => {});
      } catch (error) {
        if (error instanceof LimitReached && error.final) throw error;
        extraction.report(reasonOf(error), inside);
      }
    },
  };
}

/** `found` hears the type before the content is read through, so that a limit on the way does not hide it. */
async function extractContent(level: Level, content: Content, found: (type: string) => void): Promise<string> {
  const known = await contentType(content);
  found(typeName(known.kind));
  switch (known.kind) {
    case 'zip':
      return extractZip(level, content, found);
    case 'compound':
      return extractCompound(level, content);
    case 'gzip':
      await extractGzip(level, content);
      return 'gzip';
    case 'pdf':
      await extractPdf(level, content);
      return 'pdf';
    case 'table':
      await extractDelimited(level, content, known.delimiter);
      return known.delimiter === '\t' ? 'tsv' : 'csv';
    case 'html':
      await extractHtml(level, content);
      return 'html';
    case 'json':
      await extractJson(level, content);
      return 'json';
    case 'xml':
      await extractXml(level, content);
      return 'xml';
    case 'eml':
      await extractMail(level, content);
      return 'eml';
    case 'text':
    case 'unknown':
      // Binary that nobody knows may be a database: its printable strings are looked at.
      await extractPlainText(level, content);
      return known.kind;
    case 'age':
      level.extraction.report('encrypted', level.part);
      return 'age';
    case 'unsupported':
      level.extraction.report('unsupported', level.part);
      return known.name;
    case 'opaque':
      return known.name;
    case 'empty':
      return 'empty';
  }
}

async function extractZip(level: Level, content: Content, found: (type: string) => void): Promise<string> {
  const { limits } = level.extraction.budget;
  const listing = await listZip(await content.random(), limits.maxEntries);
  const office = await officeTypeOf(listing, level.extraction.budget);
  found(office ?? 'zip');
  if (office === null) await extractArchive(level, listing);
  else await extractOfficePackage(level, listing, office);
  return office ?? 'zip';
}

async function extractCompound(level: Level, content: Content): Promise<string> {
  const kind = compoundKind(await content.random());
  level.extraction.report(kind === 'encrypted-office' ? 'encrypted' : 'unsupported', level.part);
  return kind;
}

function typeName(kind: string): string {
  return kind === 'table' ? 'csv' : kind === 'compound' ? 'ole2' : kind;
}

/** Anything a parser throws on hostile bytes is damage; the system's own errors carry a code. */
function reasonOf(error: unknown): Unreadable['reason'] {
  if (error instanceof LimitReached) return error.reason;
  if (error instanceof Error && 'syscall' in error) return 'io-error';
  return 'corrupt';
}
