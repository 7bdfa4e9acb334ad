import { MISSES, OUTPUT, OUTPUT_COUNT, RECORD_BYTES } from './layout.ts';
import { setWord, wordAt } from './memory.ts';

export function emit(kind: i32, start: i32, end: i32): void {
  const count: i32 = wordAt(OUTPUT_COUNT);
  const record: i32 = OUTPUT + count * RECORD_BYTES;
  setWord(record, kind);
  setWord(record + 4, start);
  setWord(record + 8, end);
  setWord(OUTPUT_COUNT, count + 1);
}

/** Something of the right shape failed its check digit: evidence against its neighbours. */
export function miss(kind: i32): void {
  setWord(MISSES + kind * 4, wordAt(MISSES + kind * 4) + 1);
}
