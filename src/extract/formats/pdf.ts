import { getDocumentProxy } from 'unpdf';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { PredefinedCMaps, type WantedData } from './predefined-cmaps.ts';

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Document['getPage']>>;
type TextItem = Extract<Awaited<ReturnType<Page['getTextContent']>>['items'][number], { str: string }>;

/** PDF: page by page, form fields, notes and attached files. Pictures of text are not read. */
export async function extractPdf(level: Level, content: Content): Promise<void> {
  const { extraction } = level;
  const bytes = await collect(content.chunks(), extraction.budget);
  const cmaps = new PredefinedCMaps();
  let document: Document;
  try {
    document = await getDocumentProxy(new Uint8Array(bytes), {
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
    for (let number = 1; number <= document.numPages; number++) {
      extraction.budget.checkTime();
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      const text = linesOf(items.filter((item): item is TextItem => 'str' in item)) + (await annotationText(page));
      extraction.emit({ kind: 'text', text, place: placeOf(level, { page: number }) });
      page.cleanup();
    }
    await extractAttachments(level, document);
    if (cmaps.unreadable) extraction.report('unsupported', level.part);
  } finally {
    await document.loadingTask.destroy();
  }
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

async function annotationText(page: Page): Promise<string> {
  const annotations: readonly {
    readonly fieldValue?: unknown;
    readonly contentsObj?: { readonly str?: unknown };
    readonly url?: unknown;
  }[] = await page.getAnnotations();
  let text = '';
  for (const { fieldValue, contentsObj, url } of annotations) {
    for (const value of [fieldValue, contentsObj?.str, url]) if (typeof value === 'string' && value !== '') text += `\n${value}`;
  }
  return text;
}

async function extractAttachments(level: Level, document: Document): Promise<void> {
  const attachments: unknown = await document.getAttachments();
  if (typeof attachments !== 'object' || attachments === null) return;
  for (const [name, attachment] of Object.entries(attachments)) {
    level.extraction.budget.countEntry();
    const data: unknown = typeof attachment === 'object' && attachment !== null && 'content' in attachment ? attachment.content : undefined;
    if (data instanceof Uint8Array) await level.inner(name, () => contentOfSource(bufferSource(data)));
  }
}
