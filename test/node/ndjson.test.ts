import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineDecoder, encodeLine, MAX_MESSAGE_DEPTH } from '../../src/node/ndjson.ts';

interface Seen {
  readonly messages: unknown[];
  readonly errors: string[];
}

function decode(chunks: readonly Uint8Array[], maxBytes = 1024, end = true): Seen {
  const seen: Seen = { messages: [], errors: [] };
  const decoder = createLineDecoder({
    maxBytes,
    onMessage: (message) => seen.messages.push(message),
    onError: (error) => seen.errors.push(error.message),
  });
  for (const chunk of chunks) {
    const lent = Uint8Array.from(chunk);
    decoder.push(lent);
    lent.fill(0);
  }
  if (end) decoder.end();
  return seen;
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  chunks.push(bytes.subarray(start));
  return chunks;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('decoding', () => {
  test('gives back every message however the bytes are cut', () => {
    const message = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 40 })), (messages, lengths) => {
        const bytes = Buffer.concat(messages.map((each) => encodeLine(each)));
        const seen = decode(cut(bytes, lengths), 1_000_000);
        // JSON has no negative zero: what JSON itself carries is what must arrive.
        expect(seen).toEqual({ messages: messages.map((each) => JSON.parse(JSON.stringify(each)) as unknown), errors: [] });
      }),
    );
  });

  test('never throws on any bytes, reports at most one error and no message after it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const seen = decode(chunks, 50);
        expect(seen.errors.length).toBeLessThanOrEqual(1);
      }),
    );
    expect(decode([Buffer.from('1\n}\n2\n')])).toEqual({ messages: [1], errors: ['The message is not JSON in UTF-8.'] });
  });

  test('takes a message of exactly the limit and refuses one byte more, with or without its newline', () => {
    const largest = `"${'x'.repeat(98)}"`;
    expect(decode([Buffer.from(`${largest}\n`)], 100).messages).toHaveLength(1);
    expect(decode([Buffer.from(`${largest}\n`)], 99).errors).toEqual(['The message is larger than 99 bytes.']);
    expect(decode([Buffer.from(largest.slice(0, 60)), Buffer.from(largest.slice(60))], 99, false).errors).toHaveLength(1);
  });

  test('refuses nesting before it parses, and does not count brackets within strings', () => {
    expect(decode([Buffer.from(`${nested(MAX_MESSAGE_DEPTH)}\n`)]).messages).toHaveLength(1);
    expect(decode([Buffer.from(`${nested(MAX_MESSAGE_DEPTH + 1)}\n`)]).errors).toEqual(['The message is nested too deep.']);
    const brackets = `${'['.repeat(200)}"\\[`;
    expect(decode([encodeLine({ brackets })]).messages).toEqual([{ brackets }]);
  });

  test.each([
    ['an empty line', Buffer.from('\n')],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22, 0x0a])],
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x31, 0x0a])],
    ['two values on a line', Buffer.from('1 2\n')],
    ['an unended line', Buffer.from('{"a":1}')],
  ])('refuses %s', (_name, bytes) => {
    const seen = decode([bytes]);
    expect(seen.messages).toEqual([]);
    expect(seen.errors).toHaveLength(1);
  });

  test('a decoder closed by its receiver gives nothing more of the same chunk', () => {
    const messages: unknown[] = [];
    const decoder = createLineDecoder({
      maxBytes: 100,
      onMessage: (message) => {
        messages.push(message);
        decoder.close();
      },
      onError: () => expect.unreachable(),
    });
    decoder.push(Buffer.from('1\n2\n'));
    decoder.end();
    expect(messages).toEqual([1]);
  });
});

describe('encoding', () => {
  test('escapes newlines, so that a line is one message', () => {
    expect(encodeLine({ name: 'a\nb' }).toString()).toBe('{"name":"a\\nb"}\n');
  });

  test('throws on a value without a JSON form', () => {
    expect(() => encodeLine(undefined)).toThrow(TypeError);
  });
});
