import type { Place } from '../../contracts/finding.ts';

/**
 * What extraction hands to detection: running text, or one row of a table. Segments of one file come in reading order;
 * a change of `part` or `sheet` ends the context of what stood before.
 */
export type Segment =
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
