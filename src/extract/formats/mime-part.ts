/** A part of a message (RFC 2045, 2046): its header as written, and where its body stands. */
export interface MimePart {
  /** The header's bytes with the empty line after it. */
  readonly header: Buffer;
  readonly body: Buffer;
  /** In small letters, e.g. `text/plain`. */
  readonly type: string;
  readonly charset: string | undefined;
  readonly boundary: string | undefined;
  readonly transferEncoding: string;
  readonly flowed: boolean;
  readonly attached: boolean;
}

/** Headers are short; what a hostile one may cost is bounded. */
const LONGEST_HEADER = 262_144;
const LINE_FEED = 0x0a;
const DASH = 0x2d;

export function readPart(bytes: Buffer): MimePart {
  const end = endOfHeader(bytes);
  const header = bytes.subarray(0, end);
  const unfolded = header.toString('latin1', 0, LONGEST_HEADER).replace(/\r?\n[ \t]+/g, ' ');
  const contentType = field(unfolded, 'content-type');
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0].toLowerCase() ?? 'text/plain';
  return {
    header,
    body: bytes.subarray(end),
    type,
    charset: parameter(contentType, 'charset'),
    boundary: type.startsWith('multipart/') ? parameter(contentType, 'boundary') : undefined,
    transferEncoding: field(unfolded, 'content-transfer-encoding').toLowerCase(),
    flowed: parameter(contentType, 'format')?.toLowerCase() === 'flowed',
    attached: /^attachment/i.test(field(unfolded, 'content-disposition')) || parameter(contentType, 'name') !== undefined,
  };
}

/** After the first empty line; a part may begin with one, and then has no header. What is too long for a header is body. */
function endOfHeader(bytes: Buffer): number {
  if (bytes[0] === 0x0a) return 1;
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return 2;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < LONGEST_HEADER; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return Math.min(bytes.length, LONGEST_HEADER);
}

function field(unfolded: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

function parameter(value: string, name: string): string | undefined {
  const [, quoted, plain] = new RegExp(`;\\s*${name}\\*?\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value) ?? [];
  return quoted ?? plain;
}

/**
 * The bytes of each part between the lines of the boundary (RFC 2046, 5.1.1); a last part without its end counts. What
 * stands before the first line and behind the last is `outside`: no mail program shows it, and any editor does.
 */
export function* partsOf({ body, boundary }: MimePart): Generator<{ readonly bytes: Buffer; readonly outside: boolean }> {
  let from = 0;
  let outside = true;
  const delimiter = Buffer.from(`--${boundary ?? ''}`, 'latin1');
  for (let at = boundary === '' ? -1 : body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && body[at - 1] !== LINE_FEED) continue;
    yield { bytes: body.subarray(from, Math.max(from, at > 1 && body[at - 2] === 0x0d ? at - 2 : at - 1)), outside };
    const lineEnd = body.indexOf(LINE_FEED, at);
    from = lineEnd < 0 ? body.length : lineEnd + 1;
    outside = body[at + delimiter.length] === DASH && body[at + delimiter.length + 1] === DASH;
    if (outside) break;
  }
  yield { bytes: body.subarray(from), outside };
}

/** Transfer encodings that are undone, or change nothing; the others hide what they hold. */
const READ_ENCODINGS = /^(?:$|[78]bit|binary|base64|quoted-printable)/;

export const isReadEncoding = ({ transferEncoding }: MimePart): boolean => READ_ENCODINGS.test(transferEncoding);

/** The body as it was before its transfer encoding. */
export function decodedBody({ body, transferEncoding }: MimePart): Buffer {
  if (transferEncoding.startsWith('base64')) return Buffer.from(body.toString('latin1'), 'base64');
  if (transferEncoding.startsWith('quoted-printable')) return decodeQuotedPrintable(body);
  return body;
}

const EQUALS = 0x3d;

/** RFC 2045, 6.7: `=E3` is a byte, `=` at the end of a line joins it with the next; anything else stays as it is. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== EQUALS) {
      decoded[length++] = byte;
      continue;
    }
    const [high, low] = [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])];
    if (high >= 0 && low >= 0) {
      decoded[length++] = high * 16 + low;
      at += 2;
      continue;
    }
    let end = at + 1;
    while (bytes[end] === 0x20 || bytes[end] === 0x09 || bytes[end] === 0x0d) end++;
    if (bytes[end] === 0x0a) at = end;
    else decoded[length++] = byte;
  }
  return decoded.subarray(0, length);
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
