import { LimitReached } from '../budget.ts';
import { collect, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { pictureSize } from '../picture-size.ts';
import { recognizeText } from '../text-recognizer.ts';

/** Types that are looked at, where policy says so; what else is a picture stays closed. */
export const PICTURES: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'bmp', 'webp', 'tiff', 'heif']);
const READABLE: ReadonlySet<string> = new Set(['png', 'jpeg', 'bmp', 'webp', 'tiff', 'gif']);
/** A page of A3 at 600 dots an inch has 70 million; each takes up to eight bytes while it is read. */
const MOST_DOTS = 80_000_000;
/** Icons and rulers hold no text. */
const SHORTEST_SIDE = 24;
const SMALLEST_AREA = 4096;

/** Text in a picture. `unsupported` where the recognizer is not installed, or does not know the type. */
export async function extractPictureText(level: Level, content: Content, type: string): Promise<void> {
  const { extraction, part } = level;
  if (!READABLE.has(type)) {
    extraction.report('unsupported', part);
    return;
  }
  const bytes = await collect(content.chunks(), extraction.budget);
  const size = pictureSize(type, bytes);
  if (size === undefined) throw new TypeError('a picture of no size');
  await readPicture(level, bytes, size.width, size.height);
}

/** A picture in a file format, of that many dots. The place is the level's, or a page of it. */
export async function readPicture(level: Level, bytes: Uint8Array, width: number, height: number, page?: number): Promise<void> {
  const { extraction, part } = level;
  const { budget } = extraction;
  if (Math.min(width, height) < SHORTEST_SIDE || width * height < SMALLEST_AREA) return;
  if (width * height > Math.min(MOST_DOTS, budget.limits.maxMemoryBytes / 4)) throw new LimitReached('too-large', false);
  let text: string | undefined;
  try {
    text = await recognizeText(bytes, budget.millisLeft);
  } catch (error) {
    if (error === undefined) throw new LimitReached('timed-out', true);
    throw error;
  }
  if (text === undefined) extraction.report('unsupported', part);
  else if (text.trim() !== '') {
    extraction.emit({ kind: 'text', text: withoutGaps(text), place: placeOf(level, page === undefined ? {} : { page }) });
  }
}

/** The recognizer puts blanks between Japanese characters. */
function withoutGaps(text: string): string {
  return text.replaceAll(
    /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]) (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef])/gu,
    '',
  );
}
