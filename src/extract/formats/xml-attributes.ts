const SPACE = 0x20;
const EQUALS = 0x3d;

/** Attributes of one start tag, read when they are asked for: most never are. Valid until the next tag. */
export class XmlAttributes {
  #tag = '';

  /** `tag` is what stands between the brackets, a character for each byte of UTF-8. */
  read(tag: string): this {
    this.#tag = tag;
    return this;
  }

  /** The value of the attribute of that name, its prefix included; undefined where there is none. */
  get(name: string): string | undefined {
    const tag = this.#tag;
    let at = 0;
    while (at < tag.length && tag.charCodeAt(at) > SPACE) at++;
    while (at < tag.length) {
      const from = skipSpace(tag, at);
      at = from;
      while (at < tag.length && tag.charCodeAt(at) > SPACE && tag.charCodeAt(at) !== EQUALS) at++;
      const to = at;
      at = skipSpace(tag, at);
      if (tag.charCodeAt(at) !== EQUALS) continue;
      at = skipSpace(tag, at + 1);
      const quote = tag[at];
      if (quote !== '"' && quote !== "'") continue;
      const end = tag.indexOf(quote, at + 1);
      if (end < 0) return undefined;
      if (to - from === name.length && tag.startsWith(name, from)) return decodeEntities(utf8Text(tag.slice(at + 1, end)));
      at = end + 1;
    }
    return undefined;
  }
}

function skipSpace(tag: string, from: number): number {
  let at = from;
  while (at < tag.length && tag.charCodeAt(at) <= SPACE) at++;
  return at;
}

// oxlint-disable-next-line no-control-regex -- ASCII as a whole
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The text of UTF-8 that was given a character for each byte. */
function utf8Text(latin1: string): string {
  return BEYOND_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString() : latin1;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and character references; anything else stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    (written, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? written;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}
