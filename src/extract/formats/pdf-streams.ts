import { kMaxLength } from 'node:buffer';
import { inflateSync } from 'node:zlib';

/** A message of pdf.js from its worker's side to ours that brings items of text. */
interface TextMessage {
  readonly chunk: { readonly items: readonly unknown[] };
}

/** The platform's own, and how many are at work with other ones. */
const { DecompressionStream: PlatformStream, structuredClone: platformClone } = globalThis;
let atWork = 0;

/**
 * While `work` runs, pdf.js expands streams in one call and hands pages' text over as it is. By itself it does so through
 * streams that wait for other threads, and copies every message as if another thread were to have it: a fifth of its time.
 * Both are asked for by the platform's names, so these are other ones for as long: nobody else in an inspection's thread
 * uses them. What does not expand wholly fails as it does in a stream, and what goes beyond `mostBytes` too: pdf.js then
 * reads what it can with its own means.
 */
export async function withQuickStreams<T>(mostBytes: number, work: () => Promise<T>): Promise<T> {
  // A pdf within a pdf, or two at once in a program that is no inspection: the first one's limit holds for both.
  if (atWork++ === 0) replacePlatform(mostBytes);
  try {
    return await work();
  } finally {
    if (--atWork === 0) {
      globalThis.DecompressionStream = PlatformStream;
      globalThis.structuredClone = platformClone;
    }
  }
}

function replacePlatform(mostBytes: number): void {
  globalThis.DecompressionStream = new Proxy(PlatformStream, {
    construct: (platform, [format]: ConstructorParameters<typeof PlatformStream>) =>
      format === 'deflate' ? inflateAtOnce(mostBytes) : new platform(format),
  });
  globalThis.structuredClone = (value, options) => {
    // pdf.js goes on with the same object and puts other lists in it.
    if (isTextMessage(value)) return { ...value, chunk: { ...value.chunk } };
    return platformClone(value, options);
  };
}

/** As much of a stream as pdf.js uses: one write, one close, and what comes out. */
function inflateAtOnce(mostBytes: number): object {
  let packed = new Uint8Array();
  const writer = {
    ready: Promise.resolve(),
    write(bytes: Uint8Array<ArrayBuffer>) {
      packed = bytes;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return {
    writable: { getWriter: () => writer },
    readable: (function* () {
      yield inflateSync(packed, { maxOutputLength: Math.floor(Math.min(mostBytes, kMaxLength)) });
    })(),
  };
}

function isTextMessage(value: unknown): value is TextMessage {
  if (typeof value !== 'object' || value === null || !('chunk' in value)) return false;
  const { chunk } = value;
  return typeof chunk === 'object' && chunk !== null && 'items' in chunk && Array.isArray(chunk.items);
}
