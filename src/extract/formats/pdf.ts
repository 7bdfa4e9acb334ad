import type { getDocumentProxy } from 'unpdf';
import { LimitReached } from '../budget.ts';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { withQuickStreams } from './pdf-streams.ts';
import { PredefinedCMaps, type WantedData } from './predefined-cmaps.ts';

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Document['getPage']>>;
type TextItem = Extract<Awaited<ReturnType<Page['getTextContent']>>['items'][number], { str: string }>;

const MOST_DAMAGED_PAGES = 100;
/** Of the memory: a stream that is expanded in one call stands there several times over. */
const SHARE_OF_A_STREAM = 4;

/** PDF: page by page, form fields, notes, links, metadata, the outline, attached files; pictures where policy says so. */
export async function extractPdf(level: Level, content: Content): Promise<void> {
  const { budget } = level.extraction;
  const bytes = await collect(content.chunks(), budget);
  await withQuickStreams(budget.limits.maxMemoryBytes / SHARE_OF_A_STREAM, () => extractDocument(level, bytes));
}

async function extractDocument(level: Level, bytes: Uint8Array): Promise<void> {
  const { extraction } = level;
  const unpdf = await import('unpdf');
  const cmaps = new PredefinedCMaps();
  let document: Document;
  try {
    document = await unpdf.getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      stopAtErrors: false,
      cMapPacked: false,
      // pdf.js makes its own with `new`; this hands it ours, which remembers what could not be had.
      BinaryDataFactory: class {
        fetch = (wanted: WantedData) => cmaps.fetch(wanted);
      },
    });
  } catch (error) {
    extraction.report(error instanceof Error && error.name === 'PasswordException' ? 'encrypted' : 'corrupt', level.part);
    return;
  }
  try {
    await emitDocumentText(level, document);
    // The number of pages is only what the file says.
    for (let number = 1, damaged = 0; number <= document.numPages && damaged < MOST_DAMAGED_PAGES; number++) {
      extraction.budget.checkTime();
      if (!(await extractPage(level, document, bytes.length, number))) damaged++;
    }
    await extractAttachments(level, document, bytes.length);
    if (cmaps.unreadable) extraction.report('unsupported', level.part);
  } finally {
    await document.loadingTask.destroy();
  }
}

/** A damaged page is told, and the others are read. */
async function extractPage(level: Level, document: Document, packed: number, number: number): Promise<boolean> {
  const { extraction } = level;
  try {
    const page = await document.getPage(number);
    // Detection normalises once more, and all of it.
    const { items } = await page.getTextContent({ disableNormalization: true });
    const annotations = await readAnnotations(page);
    const text = linesOf(items.filter((item): item is TextItem => 'str' in item)) + annotations.text;
    extraction.emit({ kind: 'text', text, place: placeOf(level, { page: number }) });
    if (extraction.budget.limits.ocr === true) await readPictures(level, page, number);
    page.cleanup();
    for (const file of annotations.files) await extractAttachment(level, document, packed, file);
    return true;
  } catch (error) {
    if (error instanceof LimitReached) throw error;
    extraction.report('corrupt', level.part);
    return false;
  }
}

async function readPictures(level: Level, page: Page, number: number): Promise<void> {
  const [{ getResolvedPDFJS }, { readPagePictures }] = await Promise.all([import('unpdf'), import('./pdf-pictures.ts')]);
  await readPagePictures(level, (await getResolvedPDFJS()).OPS, page, number);
}

/** Title, author, subject and keywords, the outline, and form fields that are on no page. */
async function emitDocumentText(level: Level, document: Document): Promise<void> {
  const lines: string[] = [];
  try {
    const { info, metadata }: { info: unknown; metadata: Iterable<[string, unknown]> | null } = await document.getMetadata();
    for (const [name, value] of metadata ?? []) readLabel(level, name, value);
    for (const [key, value] of entriesOf(info)) {
      if (key === 'Custom') {
        lines.push(...stringsIn(value));
        for (const [name, inner] of entriesOf(value)) readLabel(level, name, inner);
      } else if (typeof value === 'string' && INFORMATION.has(key)) lines.push(value);
    }
    lines.push(...stringsIn(await document.getOutline(), 'title'));
    lines.push(...stringsIn(await document.getFieldObjects(), 'value'));
  } catch {
    level.extraction.report('corrupt', level.part);
  }
  const text = lines.filter((line) => line.trim() !== '').join('\n');
  if (text !== '') level.extraction.emit({ kind: 'text', text, place: placeOf(level) });
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** In the information dictionary under its name; in XMP as `pdfx:` and the name. */
function readLabel(level: Level, name: string, value: unknown): void {
  if (typeof value === 'string') level.extraction.labels.property(name.replace(/^pdfx:/i, ''), value);
}

/** Of the information dictionary (ISO 32000-1, 14.3.3); the others name programs and dates. */
const INFORMATION = new Set(['Title', 'Author', 'Subject', 'Keywords']);
const DEEPEST_VALUE = 12;
const MOST_STRINGS = 10_000;

/** The strings anywhere in a value; with a key, only those that stand under it. */
function stringsIn(value: unknown, key?: string): string[] {
  const strings: string[] = [];
  const walk = (inner: unknown, depth: number, counts: boolean): void => {
    if (strings.length >= MOST_STRINGS || depth > DEEPEST_VALUE) return;
    if (typeof inner === 'string') {
      if (counts) strings.push(inner);
    } else if (Array.isArray(inner)) for (const element of inner) walk(element, depth + 1, counts);
    else if (typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner)) {
      for (const [name, element] of Object.entries(inner)) walk(element, depth + 1, key === undefined || name === key);
    }
  };
  walk(value, 0, key === undefined);
  return strings;
}

/** Puts items on lines by their height on the page; a wide gap parts columns, so that numbers do not run together. */
function linesOf(items: readonly TextItem[]): string {
  let text = '';
  let previous: { readonly end: number; readonly y: number } | undefined;
  for (const item of items) {
    if (item.str === '') continue;
    const transform = item.transform as readonly number[];
    const [x, y, size] = [transform[4] ?? 0, transform[5] ?? 0, Math.max(1, Math.abs(transform[3] ?? 1))];
    if (previous !== undefined) {
      if (Math.abs(previous.y - y) > size / 2) text += '\n';
      else if (x - previous.end > size || x < previous.end - size) text += '\t';
      else if (x - previous.end > size * 0.2) text += ' ';
    }
    text += item.str;
    previous = { end: x + item.width, y };
  }
  return text;
}

interface Annotations {
  readonly text: string;
  readonly files: readonly AttachedFile[];
}

/** By the identifier that the document knows it by. */
interface AttachedFile {
  readonly id: string;
  readonly name: string;
}

/** Filled fields, notes, links, and files that are pinned to the page. */
async function readAnnotations(page: Page): Promise<Annotations> {
  const annotations: readonly {
    readonly fieldValue?: unknown;
    readonly alternativeText?: unknown;
    readonly contentsObj?: { readonly str?: unknown };
    readonly titleObj?: { readonly str?: unknown };
    readonly url?: unknown;
    readonly fileId?: unknown;
    readonly file?: { readonly filename?: unknown };
  }[] = await page.getAnnotations();
  let text = '';
  const files: AttachedFile[] = [];
  for (const { fieldValue, alternativeText, contentsObj, titleObj, url, fileId, file } of annotations) {
    for (const value of [...stringsIn(fieldValue), alternativeText, titleObj?.str, contentsObj?.str, url]) {
      if (typeof value === 'string' && value !== '') text += `\n${value}`;
    }
    if (typeof fileId === 'string') files.push({ id: fileId, name: typeof file?.filename === 'string' ? file.filename : 'attachment' });
  }
  return { text, files };
}

/** Files attached to the document as a whole; ones without a name, or of the same name, too. */
async function extractAttachments(level: Level, document: Document, packed: number): Promise<void> {
  const attachments = await document.getAttachments();
  for (const [id, { filename }] of attachments ?? []) await extractAttachment(level, document, packed, { id, name: filename });
}

async function extractAttachment(level: Level, document: Document, packed: number, { id, name }: AttachedFile): Promise<void> {
  const { budget } = level.extraction;
  budget.countEntry();
  await level.inner(name, async () => {
    const data = await document.getAttachmentContent(id);
    if (data === null) throw new TypeError('an attachment without content');
    budget.countExpanded(data.length, data.length, packed);
    return contentOfSource(bufferSource(data));
  });
}
