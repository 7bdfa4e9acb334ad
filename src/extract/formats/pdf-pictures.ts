import type { getDocumentProxy, getResolvedPDFJS } from 'unpdf';
import { LimitReached } from '../budget.ts';
import type { Level } from '../extraction.ts';
import { readPicture } from './picture-text.ts';

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>;
type Operators = Awaited<ReturnType<typeof getResolvedPDFJS>>['OPS'];

const MOST_PICTURES_OF_A_PAGE = 32;

/** A picture as pdf.js gives it: a bit, a byte, three or four bytes a dot. */
interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Text in the pictures of a page: of a scanned one there is no other. */
export async function readPagePictures(level: Level, operators: Operators, page: Page, number: number): Promise<void> {
  const { budget } = level.extraction;
  const { fnArray, argsArray } = await page.getOperatorList();
  let count = 0;
  for (const [index, operator] of fnArray.entries()) {
    if (!PAINTING.some((name) => operators[name] === operator)) continue;
    if (++count > MOST_PICTURES_OF_A_PAGE) throw new LimitReached('too-many-entries', false);
    budget.countEntry();
    const [argument]: readonly unknown[] = argsArray[index] ?? [];
    const picture = typeof argument === 'string' ? await named(page, argument, budget.millisLeft) : argument;
    if (isPicture(picture)) await readPicture(level, portableMap(picture), picture.width, picture.height, number);
    // unpdf carries no decoders for JPEG 2000, JBIG2 and fax.
    else level.extraction.report('unsupported', level.part);
  }
}

const PAINTING = ['paintImageXObject', 'paintInlineImageXObject', 'paintImageMaskXObject'] as const;

/** A picture that is decoded apart comes when it is ready, or never. */
async function named(page: Page, name: string, millis: number): Promise<unknown> {
  const objects = name.startsWith('g_') ? page.commonObjs : page.objs;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new LimitReached('timed-out', true)), millis);
      objects.get(name, resolve);
    });
  } finally {
    clearTimeout(timer);
  }
}

function isPicture(value: unknown): value is Picture {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    ArrayBuffer.isView(value.data) &&
    'width' in value &&
    typeof value.width === 'number' &&
    'height' in value &&
    typeof value.height === 'number'
  );
}

/** The dots as a file that the recognizer reads: PBM, PGM or PPM of Netpbm, by the bytes that a dot has. */
function portableMap({ data, width, height }: Picture): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const dots = width * height;
  if (bytes.length < dots) {
    // White is 1 here, and 0 there.
    return Buffer.concat([Buffer.from(`P4\n${width} ${height}\n`), bytes.map((byte) => ~byte & 0xff)]);
  }
  if (bytes.length < dots * 3) return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), bytes.subarray(0, dots)]);
  const colours = Buffer.alloc(dots * 3);
  const step = bytes.length < dots * 4 ? 3 : 4;
  for (let dot = 0; dot < dots; dot++) {
    for (let colour = 0; colour < 3; colour++) colours[dot * 3 + colour] = bytes[dot * step + colour] ?? 0;
  }
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), colours]);
}
