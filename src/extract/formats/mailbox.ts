import { LimitReached } from '../budget.ts';
import { bufferSource } from '../byte-source.ts';
import { contentOfSource, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import { extractMail } from './mail.ts';
import { looksLikeMailbox } from './mail-type.ts';

const BLANK_AND_FROM = Buffer.from('\nFrom ');
const LONGEST_FROM_LINE = 512;

/** An mbox: its messages in order. One is held at a time. */
export async function extractMailbox(level: Level, content: Content): Promise<void> {
  const { budget } = level.extraction;
  /** Of the message: what has been searched for the next one, and what has not. */
  let parts: Buffer[] = [];
  let held: Buffer = Buffer.alloc(0);
  let length = 0;
  let count = 0;
  const add = (piece: Buffer): void => {
    parts.push(piece);
    length += piece.length;
    if (length > budget.limits.maxMemoryBytes) throw new LimitReached('too-large', false);
  };
  const emit = async (): Promise<void> => {
    budget.countEntry();
    const message = Buffer.concat(parts);
    [parts, length] = [[], 0];
    const body = message.subarray(message.indexOf(0x0a) + 1);
    await level.enter(`message-${++count}`, (inside) => extractMail(inside, contentOfSource(bufferSource(body))));
  };
  for await (const chunk of content.chunks()) {
    budget.checkTime();
    held = Buffer.concat([held, chunk]);
    for (let end = nextMessage(held); end > 0; end = nextMessage(held)) {
      add(held.subarray(0, end));
      held = held.subarray(end);
      await emit();
    }
    const searched = Math.max(0, held.length - LONGEST_FROM_LINE);
    add(held.subarray(0, searched));
    held = held.subarray(searched);
  }
  add(held);
  if (length > 0) await emit();
}

/** Where the next message begins; -1 when none does, as far as can be seen. */
function nextMessage(bytes: Buffer): number {
  for (let at = bytes.indexOf(BLANK_AND_FROM); at >= 0; at = bytes.indexOf(BLANK_AND_FROM, at + 1)) {
    if (looksLikeMailbox(bytes.toString('latin1', at + 1, at + 1 + LONGEST_FROM_LINE))) return at + 1;
  }
  return -1;
}
