import type { Place } from '../../contracts/finding.ts';

/** Encodings whose bytes are searched as they are. `binary` is no text: what is printable in it is read as UTF-8. */
export type ByteEncoding = 'utf-8' | 'shift_jis' | 'windows-1252' | 'binary';

/**
 * What extraction hands to detection: running text, as bytes where the file has them in an encoding of `ByteEncoding`,
 * or one row of a table. Segments of one file come in reading order; a change of `part` or `sheet` ends the context of
 * what stood before.
 */
export type Segment =
  | {
      readonly kind: 'bytes';
      /** Left as they are until `finish`: places are told from them later. */
      readonly bytes: Uint8Array;
      readonly encoding: ByteEncoding;
      /** Where the bytes begin. `line`, when given, is that of the first. */
      readonly place: Place;
      /** The next segment goes on in the middle of this one's line, maybe of a character. */
      readonly unfinished?: boolean;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Where the text begins. `line`, when given, is that of its first character. */
      readonly place: Place;
      /** The next segment goes on in the middle of this one's line. */
      readonly unfinished?: boolean;
    }
  | {
      readonly kind: 'row';
      /** Tells the tables of one file apart. */
      readonly table: number;
      readonly cells: readonly string[];
      /** `line` is the row's number, from 1. */
      readonly place: Place;
    };
