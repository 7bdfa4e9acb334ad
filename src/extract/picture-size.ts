/** Width and height in dots, by the header alone; undefined where it does not say. What is claimed bounds what a decoder allots. */
export function pictureSize(type: string, bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  try {
    const size = SIZES[type]?.(bytes);
    return size === undefined ? undefined : { width: size[0], height: size[1] };
  } catch {
    // The header ends too early.
    return undefined;
  }
}

type Size = readonly [width: number, height: number];

const SIZES: Readonly<Record<string, (bytes: Buffer) => Size | undefined>> = {
  png: (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  gif: (bytes) => [bytes.readUInt16LE(6), bytes.readUInt16LE(8)],
  bmp: (bytes) => [Math.abs(bytes.readInt32LE(18)), Math.abs(bytes.readInt32LE(22))],
  jpeg: jpegSize,
  tiff: tiffSize,
  webp: webpSize,
};

/** The frame header, SOF0 to SOF15 (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at++;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    } else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const SHORT = 3;

/** Fields of the first directory (TIFF 6.0, section 2). */
function tiffSize(bytes: Buffer): Size | undefined {
  const little = bytes[0] === 0x49;
  const two = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const four = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const directory = four(4);
  const field = (wanted: number): number => {
    for (let entry = 0; entry < two(directory); entry++) {
      const at = directory + 2 + entry * 12;
      if (two(at) === wanted) return two(at + 2) === SHORT ? two(at + 8) : four(at + 8);
    }
    return 0;
  };
  const size = [field(IMAGE_WIDTH), field(IMAGE_LENGTH)] as const;
  return size[0] > 0 && size[1] > 0 ? size : undefined;
}

/** The first chunk (RFC 9649): simple, lossless or extended. */
function webpSize(bytes: Buffer): Size | undefined {
  const chunk = bytes.toString('latin1', 12, 16);
  if (chunk === 'VP8 ') return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  if (chunk === 'VP8X') return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  if (chunk !== 'VP8L') return undefined;
  const bits = bytes.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
