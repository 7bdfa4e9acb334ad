import { addContextHits, isContextKnown } from './context-hits.ts';
import { CONTEXT_BLOCK } from './layout.ts';
import { byteAt, contextFingerprintAt } from './memory.ts';

/**
 * Looks for words of context whose fingerprints end in a block; returns its entry for `CONTEXT_BLOCKS`. The build puts
 * assembly/context-block.ts, which finds the same with SIMD, in the place of this file.
 */
export function scanContextBlock(block: i32): i32 {
  let thirds: i32 = 0;
  let count: i32 = 0;
  for (let last: i32 = block; last < block + CONTEXT_BLOCK; last++) {
    thirds += byteAt(last) < 0x80 ? 3 : 1;
    if (isContextKnown(contextFingerprintAt(last - 2))) count = addContextHits(block, count, last);
  }
  return thirds | (count << 8);
}
