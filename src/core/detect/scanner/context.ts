/** What a context word explains: the lists of ../detectors/context-words.ts. */
export const CONTEXT_GROUPS = [
  'my-number',
  'license',
  'other-number',
  'corporate',
  'phone',
  'card',
  'passport',
  'residence',
  'pension',
  'insurance',
  'insurer',
  'bank',
  'ssn',
  'birth',
  'address',
  'ip',
] as const;
export type ContextGroup = (typeof CONTEXT_GROUPS)[number];

/** A context word beside a place. */
export interface ContextWordPlace {
  /** Where the word begins, an offset in the file. */
  readonly start: number;
  /** Characters from the word's beginning to the place, or from the place to the word's beginning; 0 to `CONTEXT_REACH`. */
  readonly distance: number;
  /** No line ends between the two. */
  readonly sameLine: boolean;
}

export interface ContextNear {
  readonly before: ContextWordPlace | undefined;
  /** Also a word that begins right at the place. */
  readonly behind: ContextWordPlace | undefined;
}

/** Characters (UTF-16 code units of the decoded text), as in Purview's definitions; and no more bytes than the engine surely looked at. */
const CONTEXT_REACH = 300;
const CONTEXT_BYTES = 900;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How far apart two addresses of a memory are, or undefined when it is too far. The word begins at one, the place is the other. */
export function measure(memory: Uint8Array, from: number, to: number): Omit<ContextWordPlace, 'start'> | undefined {
  if (to - from > CONTEXT_BYTES) return undefined;
  const distance = characters(memory, from, to);
  if (distance > CONTEXT_REACH) return undefined;
  let sameLine = true;
  for (let at = from; at < to; at++) if (memory[at] === LINE_FEED || memory[at] === CARRIAGE_RETURN) sameLine = false;
  return { distance, sameLine };
}

/** Characters between two places where one begins: of UTF-8 if the bytes are that, else of Shift_JIS. */
function characters(memory: Uint8Array, from: number, to: number): number {
  let count = 0;
  let continuing = 0;
  for (let at = from; at < to; at++) {
    const byte = memory[at] ?? 0;
    if ((byte & 0xc0) === 0x80) continuing--;
    else if (continuing > 0) return shiftJisCharacters(memory, from, to);
    else {
      continuing = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      count += byte < 0xf0 ? 1 : 2;
    }
    if (continuing < 0) return shiftJisCharacters(memory, from, to);
  }
  return continuing > 0 ? shiftJisCharacters(memory, from, to) : count;
}

function shiftJisCharacters(memory: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const byte = memory[at] ?? 0;
    if ((byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc)) at++;
    count++;
  }
  return count;
}
