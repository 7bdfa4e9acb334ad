import { kMaxLength } from 'node:buffer';
import { inflateSync } from 'node:zlib';

/** A message of pdf.js from its worker's side to ours that brings items of text. */
interface TextMessage {
  readonly chunk: { readonly items: readonly unknown[] };
}

/**
 * While `work` runs, pdf.js expands streams in one call and hands pages' text over as it is. By itself it does so through
 * streams that wait for other threads, and copies every message as if another thread were to have it: a fifth of its time.
 * Both are asked for by the platform's names, so these are other ones for as long. Nobody else in an inspection's thread
 * uses them; who does gets what the platform gives. What does not expand wholly, or beyond `mostBytes`, fails as it does in
 * a stream: pdf.js then reads what it can with its own means.
 */
export async function withQuickStreams<T>(mostBytes: number, work: () => Promise<T>): Promise<T> {
  const { DecompressionStream, structuredClone } = globalThis;
  globalThis.DecompressionStream = new Proxy(DecompressionStream, {
    construct: (platform, [format]: ConstructorParameters<typeof DecompressionStream>) =>
      format === 'deflate' ? inflateAtOnce(mostBytes) : new platform(format),
  });
  globalThis.structuredClone = (value, options) => {
    // pdf.js goes on with the same object and puts other lists in it.
    if (isTextMessage(value)) return { ...value, chunk: { ...value.chunk } };
    return structuredClone(value, options);
  };
  try {
    return await work();
  } finally {
    globalThis.DecompressionStream = DecompressionStream;
    globalThis.structuredClone = structuredClone;
  }
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
      yield inflateSync(packed, { maxOutputLength: Math.min(mostBytes, kMaxLength) });
    })(),
  };
}

function isTextMessage(value: unknown): value is TextMessage {
  if (typeof value !== 'object' || value === null || !('chunk' in value)) return false;
  const { chunk } = value;
  return typeof chunk === 'object' && chunk !== null && 'items' in chunk && Array.isArray(chunk.items);
}
