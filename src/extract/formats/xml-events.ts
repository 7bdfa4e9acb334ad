import type { Budget } from '../budget.ts';
import { decodeEntities, XmlAttributes } from './xml-attributes.ts';
import { xmlUtf8 } from './xml-text.ts';

/** A stretch of XML, as bytes of UTF-8 and with a character for each byte, so that offsets are the same in both. */
export interface XmlPiece {
  /** Behind them stand zeros, so that who looks some bytes ahead needs not look for the end. */
  readonly bytes: Buffer;
  readonly latin1: string;
}

/** How far ahead that is. */
const ZEROS = 64;

export interface XmlEvents {
  /** `name` is without its prefix; attribute names keep theirs. */
  open?(name: string, attributes: XmlAttributes): void;
  close?(name: string): void;
  /**
   * May read a whole element, the one whose tag begins at `open`, by itself; gives where it ends, or -1 to have it read
   * as usual. Such an element must be well-formed.
   */
  element?(piece: XmlPiece, open: number): number;
  /** May come in pieces. */
  text?(text: string): void;
}

export interface XmlResult {
  readonly wellFormed: boolean;
}

/**
 * Streams XML as events: 5 times as fast as a validating parser, which is what large worksheets cost. It knows the five
 * predefined entities only: declarations in a DTD are not expanded, so neither external entities nor nested ones
 * ("billion laughs") can do anything. It reads on after damage, and says that there was some.
 */
export async function readXml(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  events: XmlEvents,
  budget: Budget,
): Promise<XmlResult> {
  const tokenizer = new XmlTokenizer(events);
  for await (const bytes of xmlUtf8(chunks)) {
    budget.checkTime();
    tokenizer.write(bytes);
  }
  return { wellFormed: tokenizer.finish() };
}

/** A tag, and a run of text without one, beyond this are damage; what is held stays small. */
const LONGEST_TAG = 1_048_576;
const LONGEST_REFERENCE = 12;
/** Names of open elements that are remembered to compare; of deeper ones only the number is. */
const DEEPEST_NAMES = 4096;
const MOST_NAMES = 4096;

const LESS = 0x3c;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;

/** Looks at markup with a character for each byte: all of it is ASCII, and only what is handed out is decoded. */
class XmlTokenizer {
  readonly #events: XmlEvents;
  readonly #attributes = new XmlAttributes();
  /** What a name is without its prefix; the same string for the same name. */
  readonly #localNames = new Map<string, string>();
  readonly #open: string[] = [];
  #depth = 0;
  #wellFormed = true;
  #seenElement = false;
  /** The bytes in hand; so many at the beginning are left of the chunks before. */
  #bytes = Buffer.alloc(0);
  #carried = 0;
  /** Where a section that may be of any length ends: a comment, an instruction, CDATA. */
  #until: string | undefined;
  #inCdata = false;
  /** Open brackets of a document type declaration. */
  #declaration = 0;

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  write(chunk: Uint8Array): void {
    const length = this.#carried + chunk.length;
    if (this.#bytes.length < length + ZEROS) {
      const larger = Buffer.allocUnsafeSlow((length + ZEROS) * 2);
      larger.set(this.#bytes.subarray(0, this.#carried));
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    bytes.set(chunk, this.#carried);
    bytes.fill(0, length, length + ZEROS);
    this.#carried = 0;
    const piece = { bytes, latin1: bytes.toString('latin1', 0, length) };
    let at = 0;
    while (at < length) {
      const next =
        this.#until !== undefined
          ? this.#section(piece, at)
          : this.#declaration > 0
            ? this.#skipDeclaration(piece.latin1, at)
            : this.#content(piece, at);
      if (next < 0) {
        bytes.copyWithin(0, at, length);
        this.#carried = length - at;
        return;
      }
      at = next;
    }
  }

  /** Whether all of it was well-formed, as far as reading needs it. */
  finish(): boolean {
    const rest = this.#bytes.toString('utf8', 0, this.#carried);
    const isText = rest !== '' && rest[0] !== '<' && this.#until === undefined;
    if (isText) this.#text(rest);
    const complete = this.#depth === 0 && this.#declaration === 0 && (rest === '' || isText) && this.#until === undefined;
    return this.#wellFormed && this.#seenElement && complete;
  }

  /** Text up to the next tag, and the tag; gives where it ends, or -1 when more is needed. */
  #content(piece: XmlPiece, from: number): number {
    if (piece.bytes[from] === LESS) {
      const whole = this.#events.element?.(piece, from) ?? -1;
      if (whole >= 0) return whole;
    }
    const text = piece.latin1;
    const open = text.indexOf('<', from);
    if (open < 0) return this.#lastText(piece, from);
    if (open > from) {
      this.#text(piece.bytes.toString('utf8', from, open));
      return open;
    }
    const second = text.charCodeAt(open + 1);
    if (second === EXCLAMATION || second === QUESTION) return this.#markup(text, open);
    const end = text.indexOf('>', open);
    if (end < 0) return this.#tooLong(text, open);
    const tag = text.slice(open + 1, end);
    if (tag.charCodeAt(0) === SLASH) {
      this.#closeTag(this.#localName(tag.slice(1).trimEnd()));
      return end + 1;
    }
    // `>` may stand in the value of an attribute.
    const tagEnd = endOfTag(text, open, end);
    if (tagEnd < 0) return this.#tooLong(text, open);
    this.#openTag(tagEnd === end ? tag : text.slice(open + 1, tagEnd));
    return tagEnd + 1;
  }

  /** Text at the end of what there is: a reference or a character at its end may be cut. */
  #lastText({ bytes, latin1 }: XmlPiece, from: number): number {
    const reference = latin1.lastIndexOf('&');
    const cut = reference >= from && latin1.length - reference < LONGEST_REFERENCE && !latin1.includes(';', reference);
    const end = cut ? reference : endOfCharacters(bytes, from, latin1.length);
    if (end === from) return -1;
    this.#text(bytes.toString('utf8', from, end));
    return end;
  }

  #markup(text: string, open: number): number {
    if (text.startsWith('<!--', open)) return this.#begin('-->', open + 4);
    if (text.startsWith('<![CDATA[', open)) {
      this.#inCdata = true;
      return this.#begin(']]>', open + 9);
    }
    if (text.startsWith('<?', open)) return this.#begin('?>', open + 2);
    if (text.length - open < 9) return -1;
    this.#declaration = 1;
    return open + 2;
  }

  #begin(until: string, at: number): number {
    this.#until = until;
    return at;
  }

  #section({ bytes, latin1 }: XmlPiece, from: number): number {
    const until = this.#until ?? '';
    const end = latin1.indexOf(until, from);
    const inside = end < 0 ? endOfCharacters(bytes, from, Math.max(from, latin1.length - until.length + 1)) : end;
    if (this.#inCdata && inside > from) this.#events.text?.(bytes.toString('utf8', from, inside));
    if (end < 0) return inside === from ? -1 : inside;
    this.#until = undefined;
    this.#inCdata = false;
    return end + until.length;
  }

  /** `<!DOCTYPE ... [ ... ]>`: declarations within it have brackets of their own. */
  #skipDeclaration(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x3c) this.#declaration++;
      else if (code === 0x3e && --this.#declaration === 0) return at + 1;
    }
    return text.length;
  }

  #openTag(tag: string): void {
    const selfClosing = tag.charCodeAt(tag.length - 1) === SLASH;
    let end = 0;
    while (end < tag.length && tag.charCodeAt(end) > 0x20 && tag.charCodeAt(end) !== SLASH) end++;
    const name = this.#localName(tag.slice(0, end));
    if (name === '') this.#wellFormed = false;
    this.#seenElement = true;
    this.#events.open?.(name, this.#attributes.read(tag));
    if (selfClosing) {
      this.#events.close?.(name);
      return;
    }
    if (this.#depth < DEEPEST_NAMES) this.#open[this.#depth] = name;
    this.#depth++;
  }

  #closeTag(name: string): void {
    if (this.#depth === 0) {
      this.#wellFormed = false;
      return;
    }
    this.#depth--;
    if (this.#depth < DEEPEST_NAMES && this.#open[this.#depth] !== name) this.#wellFormed = false;
    this.#events.close?.(name);
  }

  #localName(name: string): string {
    const known = this.#localNames.get(name);
    if (known !== undefined) return known;
    const local = name.slice(name.indexOf(':') + 1);
    if (this.#localNames.size < MOST_NAMES && name.length < 256) this.#localNames.set(name, local);
    return local;
  }

  #text(text: string): void {
    if (text.includes('&')) {
      const decoded = decodeEntities(text);
      // A reference to an entity that only a declaration could explain.
      if (/&(?!amp;|lt;|gt;|quot;|apos;|#)/.test(text)) this.#wellFormed = false;
      this.#events.text?.(decoded);
    } else if (this.#depth > 0) this.#events.text?.(text);
    else if (text.trim() !== '') this.#wellFormed = false;
  }

  #tooLong(text: string, open: number): number {
    if (text.length - open < LONGEST_TAG) return -1;
    this.#wellFormed = false;
    return text.length;
  }
}

/** Where the last whole character of UTF-8 ends. */
function endOfCharacters(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return to;
    if (byte >= 0xc0) return to - at < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? at : to;
  }
  return to;
}

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/** The `>` that ends the tag: not one within quotes; -1 when there is none yet. `first` is the first one after `open`. */
function endOfTag(text: string, open: number, first: number): number {
  let end = first;
  for (let at = open; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== DOUBLE_QUOTE && code !== SINGLE_QUOTE) continue;
    at = text.indexOf(code === DOUBLE_QUOTE ? '"' : "'", at + 1);
    if (at < 0) return -1;
    if (at > end) end = text.indexOf('>', at);
    if (end < 0) return -1;
  }
  return end;
}
