import * as fc from 'fast-check';
import { encodings } from '../../../../scripts/scanner/encodings.ts';
import { FRAGMENTS } from './fragments.ts';

const fragment = fc.constantFrom(...FRAGMENTS.flatMap((text) => encodings(text, true, 1)));
const noise = fc.uint8Array({ maxLength: 4 });

/** Up to 60 fragments in any encoding, with a little noise. */
export const windows = fc
  .array(fc.oneof({ weight: 12, arbitrary: fragment }, { weight: 1, arbitrary: noise }), { maxLength: 60 })
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)));
