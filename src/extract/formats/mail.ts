import PostalMime, { type Address, type Email } from 'postal-mime';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';

/** Outlook sends a message's label as `name=value;` pairs. */
const LABEL_HEADER = 'msip_labels';
const HEADER_LINE = /^[A-Za-z][A-Za-z0-9-]{1,40}:/;
const MAIL_HEADER = /^(?:from|to|subject|received|mime-version|message-id|return-path|delivered-to):/im;

/** An e-mail (RFC 5322) begins with header lines, some of which only mail has. */
export function looksLikeMail(start: string): boolean {
  const end = start.search(/\r?\n\r?\n/);
  const lines = (end < 0 ? start : start.slice(0, end)).split(/\r?\n/).slice(0, 40);
  const [first = ''] = lines;
  const headers = lines.filter((line) => HEADER_LINE.test(line) || /^[ \t]/.test(line)).length;
  return (
    HEADER_LINE.test(first) &&
    lines.length >= 2 &&
    headers >= lines.length - 1 &&
    (lines.join('\n').match(new RegExp(MAIL_HEADER, 'gim'))?.length ?? 0) >= 2
  );
}

/** Headers, bodies, and every attachment by its own true type. */
export async function extractMail(level: Level, content: Content): Promise<void> {
  const { extraction } = level;
  const email = await PostalMime.parse(await collect(content.chunks(), extraction.budget), {
    attachmentEncoding: 'arraybuffer',
    maxNestingDepth: 64,
  });
  const emit = (text: string): void => extraction.emit({ kind: 'text', text, place: placeOf(level, { line: 1 }) });
  emit(headerText(email));
  for (const { key, value } of email.headers) {
    if (key !== LABEL_HEADER) continue;
    for (const [, name = '', text = ''] of value.matchAll(/([^;=\s]+)=([^;]*)/g)) extraction.labels.property(name, text);
  }
  if (email.text !== undefined) emit(email.text);
  else if (email.html !== undefined) {
    const html = new TextEncoder().encode(email.html);
    await level.inner('body.html', () => contentOfSource(bufferSource(html)));
  }
  for (const [index, { filename, content: bytes }] of email.attachments.entries()) {
    extraction.budget.countEntry();
    const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : new Uint8Array(bytes);
    await level.inner(filename ?? `attachment-${index + 1}`, () => contentOfSource(bufferSource(data)));
  }
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
