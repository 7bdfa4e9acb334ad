import { timingSafeEqual } from 'node:crypto';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { headerMac } from './key-schedule.ts';

/** One wrapping of the file key: `-> type argument…` and a base64 body (docs/spec/age.md section 2). */
export interface Stanza {
  /** The type, then its arguments; each one or more visible ASCII characters. */
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

export interface Header {
  /** In file order, those of unknown types included. */
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  /** The bytes the MAC covers: everything up to and including `---`. */
  readonly covered: Uint8Array;
  /** Bytes of the whole header, the last line feed included. */
  readonly length: number;
}

/** No header longer than this is read; about a thousand X25519 recipients. The format itself has no limit. */
export const MAX_HEADER_BYTES = 256 * 1024;

const VERSION_LINE = 'age-encryption.org/v1';
const ARMOR_LINE = '-----BEGIN AGE ENCRYPTED FILE-----';
const STANZA_START = '-> ';
const MAC_START = '---';
const FULL_LINE_COLUMNS = 64;
const FULL_LINE_BYTES = 48;
const MAC_BYTES = 32;
const ARGUMENT = /^[\x21-\x7e]+$/;

/** Whether a file that begins with `head` (22 bytes are enough) is an age v1 file in binary form. */
export function isAgeFile(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 0, VERSION_LINE.length + 1) === `${VERSION_LINE}\n`;
}

/** Reads the header at the start of `bytes`, refusing everything the specification's grammar does not name. */
export function parseHeader(bytes: Uint8Array): Result<Header, Failure<'DLP_AGE_HEADER'>> {
  const lines = new LineReader(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_HEADER_BYTES)));
  const version = lines.next();
  if (version !== VERSION_LINE) return err(failure('DLP_AGE_HEADER', explainVersion(version)));
  const stanzas: Stanza[] = [];
  for (;;) {
    const lineStart = lines.position;
    const line = lines.next();
    if (line === null) return malformed('it ends too early');
    if (line.startsWith(MAC_START)) return finish(line, stanzas, bytes, lineStart, lines.position);
    const stanza = parseStanza(line, lines);
    if (stanza === null) return malformed('a recipient stanza is malformed');
    stanzas.push(stanza);
  }
}

/** The header for these stanzas, authenticated with the file key. */
export function encodeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Buffer {
  const covered = Buffer.from(`${VERSION_LINE}\n${stanzas.map(encodeStanza).join('')}${MAC_START}`, 'latin1');
  return Buffer.concat([covered, Buffer.from(` ${encodeBase64(headerMac(fileKey, covered))}\n`, 'latin1')]);
}

/** Whether this file key made the header. */
export function authenticatesHeader(fileKey: Uint8Array, header: Header): boolean {
  return timingSafeEqual(headerMac(fileKey, header.covered), header.mac);
}

function finish(line: string, stanzas: Stanza[], bytes: Uint8Array, lineStart: number, length: number): ReturnType<typeof parseHeader> {
  const mac = line.startsWith(`${MAC_START} `) ? decodeBase64(line.slice(MAC_START.length + 1)) : null;
  if (mac?.length !== MAC_BYTES) return malformed('its MAC line is malformed');
  if (stanzas.length === 0) return malformed('it names no recipient');
  // Rule of the scrypt type: beside another stanza, who knows the passphrase could not tell who else can open the file.
  if (stanzas.length > 1 && stanzas.some((stanza) => stanza.args[0] === 'scrypt')) return malformed('a passphrase stanza is not alone');
  return ok({ stanzas, mac, covered: bytes.subarray(0, lineStart + MAC_START.length), length });
}

function parseStanza(line: string, lines: LineReader): Stanza | null {
  if (!line.startsWith(STANZA_START)) return null;
  const args = line.slice(STANZA_START.length).split(' ');
  if (!args.every((arg) => ARGUMENT.test(arg))) return null;
  const body: Uint8Array[] = [];
  for (;;) {
    const text = lines.next();
    if (text === null || text.length > FULL_LINE_COLUMNS) return null;
    const decoded = decodeBase64(text);
    if (decoded === null) return null;
    body.push(decoded);
    if (text.length < FULL_LINE_COLUMNS) return { args, body: Buffer.concat(body) };
  }
}

function encodeStanza(stanza: Stanza): string {
  let text = `${STANZA_START}${stanza.args.join(' ')}\n`;
  // `<=`: a body that fills its last line is followed by an empty one.
  for (let at = 0; at <= stanza.body.length; at += FULL_LINE_BYTES) {
    text += `${encodeBase64(stanza.body.subarray(at, at + FULL_LINE_BYTES))}\n`;
  }
  return text;
}

function explainVersion(line: string | null): string {
  if (line?.trimEnd() === ARMOR_LINE) return 'This age file is armored (text form). Take the armor off first, with the age program.';
  return line?.startsWith('age-encryption.org/') === true
    ? 'This age file is of another version than v1, or damaged.'
    : 'This is not an age file.';
}

function malformed(what: string): Result<never, Failure<'DLP_AGE_HEADER'>> {
  return err(failure('DLP_AGE_HEADER', `The header of this age file is damaged: ${what}.`));
}

/** Lines ended by a line feed alone; a carriage return stays in the line and is refused there. */
class LineReader {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): string | null {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end === -1) return null;
    const line = this.#bytes.toString('latin1', this.position, end);
    this.position = end + 1;
    return line;
  }
}
