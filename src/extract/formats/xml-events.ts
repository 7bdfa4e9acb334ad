import { SaxesParser } from 'saxes';
import type { Budget } from '../budget.ts';
import { decodedText } from '../decoded-text.ts';

export interface XmlEvents {
  /** `name` is without its prefix. Attribute names keep theirs. */
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

export interface XmlResult {
  readonly wellFormed: boolean;
}

/**
 * Streams XML. The parser knows the five predefined entities only: declarations in a DTD are not expanded, so neither
 * external entities nor nested ones ("billion laughs") can do anything. After the first error it reads on as it can.
 */
export async function readXml(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  events: XmlEvents,
  budget: Budget,
): Promise<XmlResult> {
  const parser = new SaxesParser({ xmlns: false });
  let wellFormed = true;
  parser.on('error', () => {
    wellFormed = false;
  });
  parser.on('opentag', (tag) => events.open?.(localName(tag.name), tag.attributes as Readonly<Record<string, string>>));
  parser.on('closetag', (tag) => events.close?.(localName(tag.name)));
  parser.on('text', (text) => events.text?.(text));
  parser.on('cdata', (text) => events.text?.(text));
  for await (const text of decodedText(chunks)) {
    budget.checkTime();
    parser.write(text);
  }
  parser.close();
  return { wellFormed };
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
