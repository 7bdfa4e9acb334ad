/**
 * Filters that ready programs for packing: absolute addresses of calls instead of relative ones, and differences between
 * bytes. After liblzma's and xz-embedded's decoders (xz_dec_bcj.c, in the public domain); the numbers are those of xz
 * (file format 1.2.1, 5.3) and of 7z.
 */
export type BranchFilter = (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, properties: Buffer) => AsyncGenerator<Uint8Array>;

export const BRANCH_FILTERS: ReadonlyMap<number, BranchFilter> = new Map<number, BranchFilter>([
  [0x03, undoDelta],
  [0x04, (chunks, properties) => throughCode(chunks, properties, x86())],
  [0x05, (chunks, properties) => throughCode(chunks, properties, powerPc)],
  [0x07, (chunks, properties) => throughCode(chunks, properties, arm)],
  [0x08, (chunks, properties) => throughCode(chunks, properties, armThumb)],
  [0x09, (chunks, properties) => throughCode(chunks, properties, sparc)],
  [0x0a, (chunks, properties) => throughCode(chunks, properties, arm64)],
]);

async function* undoDelta(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, properties: Buffer): AsyncGenerator<Uint8Array> {
  const before = new Uint8Array((properties[0] ?? 0) + 1);
  let at = 0;
  for await (const chunk of chunks) {
    const undone = new Uint8Array(chunk.length);
    for (let index = 0; index < chunk.length; index++) {
      const byte = ((chunk[index] ?? 0) + (before[at] ?? 0)) & 0xff;
      undone[index] = before[at] = byte;
      if (++at === before.length) at = 0;
    }
    yield undone;
  }
}

/** Changes code in place, which begins at `position`, and returns how much of it is done: the rest needs what follows. */
type Undo = (code: Buffer, position: number) => number;

/** The properties are where the code begins, where it is not at 0. */
async function* throughCode(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  properties: Buffer,
  undo: Undo,
): AsyncGenerator<Uint8Array> {
  let position = properties.length >= 4 ? properties.readUInt32LE(0) : 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const code = Buffer.concat([rest, chunk]);
    const done = undo(code, position);
    position += done;
    rest = code.subarray(done);
    if (done > 0) yield code.subarray(0, done);
  }
  if (rest.length > 0) yield rest;
}

/** The highest byte of an address that is near. */
const isSign = (byte: number) => byte === 0 || byte === 0xff;

function x86(): Undo {
  const allowed = [true, true, true, false, true, false, false, false];
  const places = [0, 1, 2, 2, 3, 3, 3, 3];
  let mask = 0;
  return (code, position) => {
    const end = code.length - 4;
    if (end <= 0) return 0;
    let previous = -1;
    let at = 0;
    for (; at < end; at++) {
      if (((code[at] ?? 0) & 0xfe) !== 0xe8) continue;
      const distance = at - previous;
      previous = at;
      if (distance > 3) mask = 0;
      else {
        mask = (mask << (distance - 1)) & 7;
        if (mask !== 0 && (allowed[mask] !== true || isSign(code[at + 4 - (places[mask] ?? 0)] ?? 0))) {
          mask = (mask << 1) | 1;
          continue;
        }
      }
      if (!isSign(code[at + 4] ?? 0)) {
        mask = (mask << 1) | 1;
        continue;
      }
      let source = code.readUInt32LE(at + 1);
      let target: number;
      for (;;) {
        target = (source - (position + at + 5)) >>> 0;
        if (mask === 0) break;
        const shift = (places[mask] ?? 0) * 8;
        if (!isSign((target >>> (24 - shift)) & 0xff)) break;
        source = (target ^ (2 ** (32 - shift) - 1)) >>> 0;
      }
      target &= 0x1ffffff;
      code.writeInt32LE((target & 0x1000000) === 0 ? target : target | 0xff000000, at + 1);
      at += 4;
    }
    const distance = at - previous;
    mask = distance > 3 ? 0 : mask << (distance - 1);
    return at;
  };
}

const powerPc: Undo = (code, position) =>
  eachWord(code, (at) => {
    const word = code.readUInt32BE(at);
    if ((word & 0xfc000003) >>> 0 === 0x48000001)
      code.writeUInt32BE(((((word & 0x3fffffc) - position - at) & 0x3fffffc) | 0x48000001) >>> 0, at);
  });

const arm: Undo = (code, position) =>
  eachWord(code, (at) => {
    if (code[at + 3] === 0xeb) code.writeUIntLE(((code.readUIntLE(at, 3) * 4 - (position + at + 8)) >>> 2) & 0xffffff, at, 3);
  });

const sparc: Undo = (code, position) =>
  eachWord(code, (at) => {
    const word = code.readUInt32BE(at);
    if (word >>> 22 !== 0x100 && word >>> 22 !== 0x1ff) return;
    const target = ((word << 2) - (position + at)) >>> 2;
    code.writeUInt32BE(((0x40000000 - (target & 0x400000)) | 0x40000000 | (target & 0x3fffff)) >>> 0, at);
  });

const arm64: Undo = (code, position) =>
  eachWord(code, (at) => {
    const word = code.readUInt32LE(at);
    if (word >>> 26 === 0x25) {
      code.writeUInt32LE((0x94000000 | ((word - Math.floor((position + at) / 4)) & 0x3ffffff)) >>> 0, at);
      return;
    }
    if ((word & 0x9f000000) >>> 0 !== 0x90000000) return;
    const source = ((word >>> 29) & 3) | ((word >>> 3) & 0x1ffffc);
    if (((source + 0x20000) & 0x1c0000) !== 0) return;
    const target = source - Math.floor((position + at) / 4096);
    const undone = (word & 0x9000001f) | ((target & 3) << 29) | ((target & 0x3fffc) << 3) | (-(target & 0x20000) & 0xe00000);
    code.writeUInt32LE(undone >>> 0, at);
  });

function armThumb(code: Buffer, position: number): number {
  let at = 0;
  for (; at + 4 <= code.length; at += 2) {
    const [first, second] = [code.readUInt16LE(at), code.readUInt16LE(at + 2)];
    if ((first & 0xf800) !== 0xf000 || (second & 0xf800) !== 0xf800) continue;
    const target = ((((first & 0x7ff) << 11) | (second & 0x7ff)) * 2 - (position + at + 4)) >>> 1;
    code.writeUInt16LE(0xf000 | ((target >>> 11) & 0x7ff), at);
    code.writeUInt16LE(0xf800 | (target & 0x7ff), at + 2);
    at += 2;
  }
  return at;
}

function eachWord(code: Buffer, undo: (at: number) => void): number {
  const end = code.length - (code.length % 4);
  for (let at = 0; at < end; at += 4) undo(at);
  return end;
}
