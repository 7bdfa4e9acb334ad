import { scanContextBlock } from './context-block.ts';
import {
  CONTEXT_BEFORE,
  CONTEXT_BEHIND,
  CONTEXT_BLOCK,
  CONTEXT_BLOCKS,
  CONTEXT_GROUP_COUNT,
  CONTEXT_HIT_BYTES,
  CONTEXT_HITS,
  MOST_CONTEXT_HITS,
  REACH,
  WINDOW,
  WINDOW_BYTES,
} from './layout.ts';
import { setWord, wordAt } from './memory.ts';

/**
 * Where looking goes no further: 400 characters, of which no more than 300 count. Thirds of characters are counted, one for
 * each byte beyond ASCII: exact in UTF-8, and never more than 4/3 of the truth in Shift_JIS.
 */
const ENOUGH_THIRDS: i32 = 1200;

/** Finds for every group its nearest words before `at` and behind; words further than 900 bytes may be left out. */
export function contextAround(at: i32): void {
  for (let group: i32 = 0; group < CONTEXT_GROUP_COUNT; group++) {
    setWord(CONTEXT_BEFORE + group * 4, 0);
    setWord(CONTEXT_BEHIND + group * 4, 0);
  }
  const own: i32 = at - (at % CONTEXT_BLOCK);
  const first: i32 = own - REACH > WINDOW ? own - REACH : WINDOW;
  const end: i32 = own + REACH < WINDOW + WINDOW_BYTES ? own + REACH : WINDOW + WINDOW_BYTES;
  visit(own, at);
  let thirds: i32 = 0;
  for (let block: i32 = own - CONTEXT_BLOCK; block >= first && thirds < ENOUGH_THIRDS; block -= CONTEXT_BLOCK) thirds += visit(block, at);
  thirds = 0;
  // A word is kept with the block in which its fingerprint ends, so one block more is looked at.
  for (let block: i32 = own + CONTEXT_BLOCK; block < end && thirds < ENOUGH_THIRDS; block += CONTEXT_BLOCK) thirds += visit(block, at);
}

/** Takes a block's hits into account and returns its width in thirds of characters. */
function visit(block: i32, at: i32): i32 {
  const index: i32 = (block - WINDOW) / CONTEXT_BLOCK;
  if (wordAt(CONTEXT_BLOCKS + index * 4) === 0) setWord(CONTEXT_BLOCKS + index * 4, scanContextBlock(block));
  const state: i32 = wordAt(CONTEXT_BLOCKS + index * 4);
  const hits: i32 = CONTEXT_HITS + index * MOST_CONTEXT_HITS * CONTEXT_HIT_BYTES;
  const end: i32 = hits + (state >> 8) * CONTEXT_HIT_BYTES;
  for (let hit: i32 = hits; hit < end; hit += CONTEXT_HIT_BYTES) {
    const start: i32 = wordAt(hit);
    const groups: i32 = wordAt(hit + 4);
    for (let group: i32 = 0; group < CONTEXT_GROUP_COUNT; group++) if (((groups >> group) & 1) !== 0) compare(group * 4, start, at);
  }
  return state & 0xff;
}

function compare(group: i32, start: i32, at: i32): void {
  if (start < at) {
    if (start > wordAt(CONTEXT_BEFORE + group)) setWord(CONTEXT_BEFORE + group, start);
  } else if (wordAt(CONTEXT_BEHIND + group) === 0 || start < wordAt(CONTEXT_BEHIND + group)) setWord(CONTEXT_BEHIND + group, start);
}
