/** The door of extraction: bytes in, segments of text out, by true type. What cannot be read is said, never thrown. */
import type { DocumentLabel, InspectionLimits } from '../contracts/finding.ts';
import type { Segment } from '../core/detect/index.ts';
import { Budget, LimitReached } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import { contentOfSource } from './content.ts';
import { extractContent, typeName } from './extract-content.ts';
import { Extraction, type Level, type Unreadable } from './extraction.ts';
import { contentType } from './file-type.ts';
import { partName } from './part-name.ts';

export { bufferSource, fileSource, type ByteSource } from './byte-source.ts';
export type { Unreadable } from './extraction.ts';

export interface Extracted {
  /** By content, e.g. `xlsx`, `csv`, `text`, `unknown`. */
  readonly type: string;
  readonly unreadable: readonly Unreadable[];
  /** Classifications that the metadata of the file, and of what lies in it, names. */
  readonly labels: readonly DocumentLabel[];
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
  return { type, unreadable: extraction.unreadable, labels: extraction.labels.finish() };
}

function levelAt(extraction: Extraction, part: string | undefined, depth: number): Level {
  return {
    extraction,
    part,
    depth,
    inner: (name, open) =>
      enter(extraction, partName(part, name), depth, async (level) => {
        await extractContent(level, await open(), () => {});
      }),
    enter: (name, extract) => enter(extraction, partName(part, name), depth, extract),
  };
}

async function enter(extraction: Extraction, inside: string, depth: number, extract: (level: Level) => Promise<void>): Promise<void> {
  if (depth + 1 > extraction.budget.limits.maxDepth) {
    extraction.report('too-deep', inside);
    return;
  }
  try {
    await extract(levelAt(extraction, inside, depth + 1));
  } catch (error) {
    if (error instanceof LimitReached && error.final) throw error;
    extraction.report(reasonOf(error), inside);
  }
}

/** Anything a parser throws on hostile bytes is damage; the system's own errors carry a code. */
function reasonOf(error: unknown): Unreadable['reason'] {
  if (error instanceof LimitReached) return error.reason;
  if (error instanceof Error && 'syscall' in error) return 'io-error';
  return 'corrupt';
}
