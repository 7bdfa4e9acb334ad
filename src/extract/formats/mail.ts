import type { Address, Email } from 'postal-mime';
import { bufferSource } from '../byte-source.ts';
import { collect, contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';

/** Outlook sends a message's label as `name=value;` pairs. */
const LABEL_HEADER = 'msip_labels';
/** Headers, bodies, and every attachment by its own true type. */
export async function extractMail(level: Level, content: Content): Promise<void> {
  const { extraction } = level;
  const { default: PostalMime } = await import('postal-mime');
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
