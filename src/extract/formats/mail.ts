import type { Address, Email } from 'postal-mime';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { detectEncoding } from '../text-encoding.ts';
import { decodedBody, isReadEncoding, partsOf, readPart, type MimePart } from './mime-part.ts';

/** Outlook sends a message's label as `name=value;` pairs. */
const LABEL_HEADER = 'msip_labels';
/** Multiparts within multiparts: what programs send stays far below. */
const DEEPEST = 64;

/** Headers, bodies, and every attachment by its own true type. */
export async function extractMail(level: Level, content: Content): Promise<void> {
  const written = await collect(content.chunks(), level.extraction.budget);
  const bytes = savedAsText(written);
  const message = readPart(bytes ?? written);
  const email = await parseHeader(message.header);
  emitText(level, headerText(email));
  for (const { key, value } of email.headers) {
    if (key !== LABEL_HEADER) continue;
    for (const [, name = '', text = ''] of value.matchAll(/([^;=\s]+)=([^;]*)/g)) level.extraction.labels.property(name, text);
  }
  await new BodyReader(level, bytes !== undefined).read(message, 0);
}

/** Reads the parts of one message. The library that decodes headers is slow with bodies of short lines. */
class BodyReader {
  readonly #level: Level;
  /** What is not encoded for transfer is UTF-8, whatever its header says. */
  readonly #isRewritten: boolean;
  #attachments = 0;

  constructor(level: Level, isRewritten: boolean) {
    this.#level = level;
    this.#isRewritten = isRewritten;
  }

  async read(part: MimePart, depth: number): Promise<void> {
    const level = this.#level;
    const { budget } = level.extraction;
    budget.checkTime();
    if (part.boundary !== undefined) {
      if (depth >= DEEPEST) {
        level.extraction.report('too-deep', level.part);
        return;
      }
      for (const { bytes, outside } of partsOf(part)) {
        if (outside) {
          emitText(level, decode(bytes, undefined));
          continue;
        }
        budget.countEntry();
        await this.read(readPart(bytes), depth + 1);
      }
      return;
    }
    if (!isReadEncoding(part)) level.extraction.report('unsupported', level.part);
    if (depth > 0 && (part.attached || !/^text\/(?:plain|html)$/.test(part.type))) {
      await this.#readAttachment(part);
      return;
    }
    const body = decodedBody(part);
    if (body.length === 0) return;
    const charset = this.#isRewritten && body === part.body ? undefined : part.charset;
    if (part.type.startsWith('text/html')) {
      const html = Buffer.from(decode(body, charset));
      await level.inner('body.html', () => contentOfSource(bufferSource(html)));
    } else if (part.type.startsWith('text/') || part.type.startsWith('message/')) {
      const text = decode(body, charset);
      emitText(level, part.flowed ? text.replace(/ \r?\n/g, ' ') : text);
    } else await this.#readAttachment(part);
  }

  async #readAttachment(part: MimePart): Promise<void> {
    const [attachment] = (await parseHeader(part.header)).attachments;
    const name = attachment?.filename ?? `attachment-${++this.#attachments}`;
    const body = decodedBody(part);
    // A forwarded message may begin with any header.
    if (part.type === 'message/rfc822') await this.#level.enter(name, (inside) => extractMail(inside, contentOfSource(bufferSource(body))));
    else await this.#level.inner(name, () => contentOfSource(bufferSource(body)));
  }
}

/** A message that was saved as text in UTF-16, or with a mark before it, as UTF-8; undefined where there is nothing to change. */
function savedAsText(bytes: Buffer): Buffer | undefined {
  const encoding = detectEncoding(bytes.subarray(0, SAMPLE));
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return encoding === 'utf-16le' || encoding === 'utf-16be' || isMarked
    ? Buffer.from(new TextDecoder(encoding ?? 'utf-8').decode(bytes))
    : undefined;
}

/** The header alone, with its encoded words decoded (RFC 2047, 2231). Many a program writes names into it as they are. */
async function parseHeader(written: Buffer): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  const encoding = detectEncoding(written.subarray(0, SAMPLE));
  const header = encoding === null || encoding === 'utf-8' ? written : Buffer.from(new TextDecoder(encoding).decode(written));
  return PostalMime.parse(header, { attachmentEncoding: 'arraybuffer', maxNestingDepth: DEEPEST });
}

function decode(bytes: Buffer, charset: string | undefined): string {
  // Many a message says us-ascii, or nothing, and is Shift_JIS.
  const detected =
    charset === undefined || /^(?:us-ascii|ascii|iso-8859-1)$/i.test(charset) ? detectEncoding(bytes.subarray(0, SAMPLE)) : null;
  try {
    return new TextDecoder(detected ?? charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder(detectEncoding(bytes.subarray(0, SAMPLE)) ?? 'windows-1252').decode(bytes);
  }
}

const SAMPLE = 65_536;

function emitText(level: Level, text: string): void {
  if (text.trim() !== '') level.extraction.emit({ kind: 'text', text, place: placeOf(level, { line: 1 }) });
}

function headerText({ subject, from, to, cc, bcc }: Email): string {
  const people = [from, ...(to ?? []), ...(cc ?? []), ...(bcc ?? [])].flatMap((address) =>
    address === undefined ? [] : mailboxes(address),
  );
  return [subject ?? '', ...people].join('\n');
}

function mailboxes(address: Address): string[] {
  if (address.group !== undefined) return address.group.flatMap(mailboxes);
  return [`${address.name} <${address.address ?? ''}>`];
}
