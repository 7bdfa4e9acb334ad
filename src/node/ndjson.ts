import { failure, type Failure } from '../contracts/errors.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Values nested deeper than this are refused before they are parsed; no message of ours comes near it. */
export const MAX_MESSAGE_DEPTH = 64;

export interface LineDecoderOptions {
  /** The largest message, without its newline. */
  readonly maxBytes: number;
  readonly maxDepth?: number;
  /** A parsed message; its shape is the caller's to check. */
  readonly onMessage: (message: unknown) => void;
  /** Called once at most; the decoder takes nothing more after it, since the next line's start cannot be trusted. */
  readonly onError: (error: Failure<'DLP_IPC_PROTOCOL'>) => void;
}

export interface LineDecoder {
  push(chunk: Uint8Array): void;
  /** The stream is over: a message without its newline is an error. */
  end(): void;
  /** Takes nothing more, silently: for a receiver that has decided to hang up. */
  close(): void;
}

/**
 * Newline-delimited JSON, incoming: one UTF-8 JSON value a line, in chunks cut anywhere (docs/spec/ipc.md section 2).
 * A sender that never ends its line costs `maxBytes` of memory and no more.
 */
export function createLineDecoder(options: LineDecoderOptions): LineDecoder {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let closed = false;

  function refuse(reason: string): void {
    closed = true;
    pending = [];
    pendingBytes = 0;
    options.onError(failure('DLP_IPC_PROTOCOL', reason));
  }

  function takeLine(rest: Uint8Array): Uint8Array {
    if (pendingBytes === 0) return rest;
    const line = Buffer.concat([...pending, rest], pendingBytes + rest.length);
    pending = [];
    pendingBytes = 0;
    return line;
  }

  function deliver(line: Uint8Array): void {
    if (depthOf(line) > (options.maxDepth ?? MAX_MESSAGE_DEPTH)) return refuse('The message is nested too deep.');
    let message: unknown;
    try {
      message = JSON.parse(text.decode(line));
    } catch {
      return refuse('The message is not JSON in UTF-8.');
    }
    options.onMessage(message);
  }

  return {
    push(chunk) {
      let start = 0;
      while (!closed && start < chunk.length) {
        const newline = chunk.indexOf(NEWLINE, start);
        const end = newline === -1 ? chunk.length : newline;
        if (pendingBytes + end - start > options.maxBytes) return refuse(`The message is larger than ${options.maxBytes} bytes.`);
        const piece = chunk.subarray(start, end);
        if (newline === -1) {
          // The chunk's memory may be used again by its owner once this call returns.
          pending.push(Uint8Array.from(piece));
          pendingBytes += piece.length;
        } else {
          deliver(takeLine(piece));
        }
        start = end + 1;
      }
    },
    end() {
      if (!closed && pendingBytes > 0) refuse('The stream ended within a message.');
      closed = true;
    },
    close() {
      closed = true;
      pending = [];
      pendingBytes = 0;
    },
  };
}

/** One message as the bytes to send. A value that JSON has no form for (undefined, a function) is a bug and throws. */
export function encodeLine(value: unknown): Buffer {
  const json: unknown = JSON.stringify(value);
  if (typeof json !== 'string') throw new TypeError('the value has no JSON form');
  return Buffer.from(`${json}\n`, 'utf8');
}

/** How deep arrays and objects nest, by brackets outside strings; not yet known to be valid JSON. */
function depthOf(line: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < line.length; index += 1) {
    const byte = line[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENERS.has(byte)) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (CLOSERS.has(byte)) depth -= 1;
  }
  return deepest;
}
