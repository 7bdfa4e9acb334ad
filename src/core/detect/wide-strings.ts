/** Shorter ones are chance, or names of sections and members; every value looked for is longer. */
const FEWEST_CHARACTERS = 12;
/** Every run of `FEWEST_CHARACTERS` holds a whole word that is looked at, one of so many. */
const STRIDE = 5;
const WORD = 4;
/** Every second byte of a word. */
const EVERY_SECOND = 0x00ff_00ff;
const EVERY_OTHER = 0xff00_ff00;
/** What a run that has not ended keeps for the next bytes, and how long it may be before all else of it is taken. */
const KEPT = 1024;
const MOST_HELD = 4096;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;

/**
 * Finds in bytes that are no text the strings that programs keep in UTF-16: bytes of ASCII that alternate with zeros, in
 * either order (`strings -el` and `-eb`). Bytes may come in pieces of any size.
 */
export class WideStrings {
  /** Bytes at the end of what was given that may be the beginning of a run; the first is a character. */
  #held = new Uint8Array();
  /** The beginning of the run that is held was taken already. */
  #goesOn = false;
  #found: string[] = [];
  #characters = 0;

  /** Characters found and not taken yet. */
  get length(): number {
    return this.#characters;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const goesOn = this.#held.length % 2 === 1 ? piece[0] === 0 : isPrintable(piece[0]);
    if (!goesOn) this.#endHeld();
    const bytes = joined(this.#held, piece);
    let from = 0;
    if (this.#goesOn) {
      from = endOfRun(bytes, 0);
      if (from < bytes.length - 1) this.#endRun(bytes, 0, from);
      else from = 0;
    }
    const tail = this.#goesOn && from === 0 ? 0 : beginOfTail(bytes, from);
    this.#search(bytes, from, tail);
    this.#hold(bytes, tail);
  }

  /** What was found since the last time, a line each; at the `end` of a file what is held, too. */
  take(end: boolean): string {
    if (end) this.#endHeld();
    const text = this.#found.join('');
    this.#found = [];
    this.#characters = 0;
    return text;
  }

  /** Takes the runs between two places. */
  #search(bytes: Uint8Array, begin: number, to: number): void {
    const first = (WORD - (bytes.byteOffset % WORD)) % WORD;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + first, Math.max(0, (to - first) >> 2));
    let from = begin;
    for (let word = 0; word < words.length; word += STRIDE) {
      const four = words[word] ?? 0;
      if (four === 0 || ((four & EVERY_SECOND) !== 0 && (four & EVERY_OTHER) !== 0)) continue;
      const at = first + word * WORD;
      if (at < from) continue;
      const place = bytes[at] === 0 ? at + 1 : at;
      if (!isPrintable(bytes[place]) || bytes[place + 1] !== 0 || !isPrintable(bytes[place + 2])) continue;
      const start = beginOfRun(bytes, place, from);
      from = endOfRun(bytes, place);
      if (start < to && (from - start) / 2 >= FEWEST_CHARACTERS) this.#endRun(bytes, start, from);
    }
  }

  /** Keeps what may go on in the next piece: little of it, however long the run. */
  #hold(bytes: Uint8Array, tail: number): void {
    let from = tail;
    if (bytes.length - tail > MOST_HELD) {
      from = bytes.length - KEPT - ((bytes.length - KEPT - tail) % 2);
      this.#add(compact(bytes, tail, from));
      this.#goesOn = true;
    }
    this.#held = bytes.slice(from);
  }

  #endHeld(): void {
    const run = this.#held.length + (this.#held.length % 2);
    if (this.#goesOn || run / 2 >= FEWEST_CHARACTERS) this.#endRun(this.#held, 0, run);
    this.#held = new Uint8Array();
    this.#goesOn = false;
  }

  #endRun(bytes: Uint8Array, begin: number, end: number): void {
    this.#add(`${compact(bytes, begin, end)}\n`);
    this.#goesOn = false;
  }

  #add(text: string): void {
    this.#found.push(text);
    this.#characters += text.length;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Its first character, no earlier than `least`. */
function beginOfRun(bytes: Uint8Array, place: number, least: number): number {
  let begin = place;
  while (begin - 2 >= least && bytes[begin - 1] === 0 && isPrintable(bytes[begin - 2])) begin -= 2;
  return begin;
}

/** Two bytes behind its last character. */
function endOfRun(bytes: Uint8Array, place: number): number {
  let end = place;
  while (isPrintable(bytes[end])) {
    end += 2;
    if (bytes[end - 1] !== 0) break;
  }
  return end;
}

/** Where a run begins that the next bytes may go on with, or the end of the bytes. */
function beginOfTail(bytes: Uint8Array, least: number): number {
  const last = bytes.length - 1;
  const place = bytes[last] === 0 ? last - 1 : last;
  return place >= least && isPrintable(bytes[place]) ? beginOfRun(bytes, place, least) : bytes.length;
}

/** The characters that begin between two places. */
function compact(bytes: Uint8Array, begin: number, end: number): string {
  let text = '';
  for (let at = begin; at < Math.min(end, bytes.length); at += 2) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

function isPrintable(byte = 0): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === LINE_FEED || byte === TAB || byte === CARRIAGE_RETURN;
}
