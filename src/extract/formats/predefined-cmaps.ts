/**
 * Old Japanese PDFs name an encoding of the specification (ISO 32000-1 table 118, e.g. `90ms-RKSJ-H`) and embed nothing:
 * without its CMap their text cannot be read. Adobe's tables map codes to glyph numbers and those to Unicode; both halves
 * are made here from Node's own decoders, with the Unicode value itself as the glyph number.
 */
export class PredefinedCMaps {
  #usesEncoding = false;
  #unreadable = false;

  /** Set when a font needs a table that cannot be made: its text is missing from what was read. */
  get unreadable(): boolean {
    return this.#unreadable;
  }

  /** The text of a CMap, as pdf.js asks for it. Rejects for one that is not known; pdf.js then leaves the font's text out. */
  fetch({ kind, filename }: WantedData): Promise<Uint8Array> {
    // Fonts are for drawing: text does not need them.
    if (kind !== 'cMapUrl') return Promise.reject(new Error(`no ${kind}`));
    const encoding = encodingOf(filename);
    if (encoding !== undefined) {
      this.#usesEncoding = true;
      return Promise.resolve(cmapOf(encoding));
    }
    if (filename === 'Adobe-Japan1-UCS2' && this.#usesEncoding) return Promise.resolve(cmapOf('glyphs'));
    // Real glyph numbers of Adobe-Japan1, or another script.
    this.#unreadable = true;
    return Promise.reject(new Error(`no CMap ${filename}`));
  }
}

/** What pdf.js asks its data factory for. */
export interface WantedData {
  readonly kind: string;
  readonly filename: string;
}

type Encoding = 'shift_jis' | 'euc-jp' | 'jis' | 'utf-16';

function encodingOf(name: string): Encoding | undefined {
  if (/^(?:78ms-|83pv-|90ms-|90msp-|90pv-|78-|Add-|Ext-)?RKSJ-[HV]$/.test(name)) return 'shift_jis';
  if (/^(?:78-|Add-|Ext-)?EUC-[HV]$/.test(name)) return 'euc-jp';
  if (/^(?:78-|Add-|Ext-)?[HV]$/.test(name)) return 'jis';
  return /^UniJIS(?:2004|X0213|X02132004|Pro)?-(?:UCS2|UTF16)(?:-HW)?-[HV]$/.test(name) ? 'utf-16' : undefined;
}

const made = new Map<string, Uint8Array>();

function cmapOf(kind: Encoding | 'glyphs'): Uint8Array {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const body =
    kind === 'glyphs' ? glyphMapping() : kind === 'utf-16' ? 'begincidrange\n<0000> <ffff> 0\nendcidrange' : encodingMapping(kind);
  const spaces = kind === 'glyphs' || kind === 'utf-16' || kind === 'jis' ? ['<0000> <ffff>'] : CODE_SPACES[kind];
  const text = `begincmap\n${spaces.length} begincodespacerange\n${spaces.join('\n')}\nendcodespacerange\n${body}\nendcmap\n`;
  const bytes = new TextEncoder().encode(text);
  made.set(kind, bytes);
  return bytes;
}

const CODE_SPACES = {
  shift_jis: ['<00> <80>', '<8140> <9ffc>', '<a0> <df>', '<e040> <fcfc>'],
  'euc-jp': ['<00> <80>', '<8ea0> <8edf>', '<a1a1> <fefe>'],
} as const;

/** Glyph number to Unicode: itself. */
function glyphMapping(): string {
  const ranges = Array.from({ length: 256 }, (_, high) => `<${hex(high)}00> <${hex(high)}ff> <${hex(high)}00>`);
  return `beginbfrange\n${ranges.join('\n')}\nendbfrange`;
}

/** Code to Unicode, for every code that the decoder knows. `jis` is EUC-JP without its high bits. */
function encodingMapping(encoding: 'shift_jis' | 'euc-jp' | 'jis'): string {
  const decoder = new TextDecoder(encoding === 'jis' ? 'euc-jp' : encoding);
  const lines: string[] = [];
  const add = (...code: number[]): void => {
    const text = decoder.decode(Uint8Array.from(encoding === 'jis' ? code.map((byte) => byte | 0x80) : code));
    if (text.length === 1 && text !== '\ufffd') lines.push(`<${code.map(hex).join('')}> ${text.charCodeAt(0)}`);
  };
  if (encoding !== 'jis') for (let byte = 0x20; byte < 0x7f; byte++) add(byte);
  if (encoding === 'shift_jis') for (let byte = 0xa1; byte <= 0xdf; byte++) add(byte);
  const [from, to] = encoding === 'jis' ? [0x21, 0x7e] : [0x81, 0xfe];
  for (let lead = from; lead <= to; lead++) {
    if (encoding === 'shift_jis' && lead >= 0xa0 && lead <= 0xdf) continue;
    for (let trail = encoding === 'shift_jis' ? 0x40 : from; trail <= to; trail++) add(lead, trail);
  }
  return `begincidchar\n${lines.join('\n')}\nendcidchar`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
