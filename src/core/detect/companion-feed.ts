import type { Place } from '../../contracts/finding.ts';
import type { Companion } from './companion.ts';
import { normalise } from './normalise.ts';
import type { ByteEncoding, Segment } from './segment.ts';

// oxlint-disable-next-line no-control-regex -- telling text from binary is about control characters
const NOT_PRINTABLE = /[\0-\x1f\x7f\ufffd]+/g;

/** Gives companions all text, decoding what comes as bytes. */
export class CompanionFeed {
  readonly #companions: readonly Companion[];
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #encoding: ByteEncoding | undefined;

  constructor(companions: readonly Companion[]) {
    this.#companions = companions;
  }

  addBytes({ bytes, encoding, place, unfinished }: Extract<Segment, { kind: 'bytes' }>): void {
    if (encoding !== this.#encoding) {
      this.#endBytes(place);
      this.#encoding = encoding;
      this.#decoder = new TextDecoder(encoding === 'binary' ? 'utf-8' : encoding);
    }
    const decoded = this.#decoder?.decode(bytes, { stream: true }) ?? '';
    this.#add(encoding === 'binary' ? decoded.replace(NOT_PRINTABLE, '\n') : decoded, place);
    if (unfinished === true) return;
    this.#endBytes(place);
    this.#add('\n', place);
  }

  addText(text: string, place: Place): void {
    this.#endBytes(place);
    for (const companion of this.#companions) companion.addText(text, place);
  }

  addRow(cells: readonly string[], place: Place): void {
    this.#endBytes(place);
    for (const companion of this.#companions) companion.addRow(cells, place);
  }

  endRegion(): void {
    this.#endBytes({});
    for (const companion of this.#companions) companion.endRegion();
  }

  /** A character that was cut off at the end of the bytes before stays cut. */
  #endBytes(place: Place): void {
    const rest = this.#decoder?.decode() ?? '';
    this.#decoder = undefined;
    this.#encoding = undefined;
    this.#add(rest, place);
  }

  #add(decoded: string, place: Place): void {
    if (decoded === '') return;
    const text = normalise(decoded);
    for (const companion of this.#companions) companion.addText(text, place);
  }
}
