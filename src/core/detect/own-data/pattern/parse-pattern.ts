import { normalise } from '../../normalise.ts';
import { classSet, complement, single, type UnitSet, unitSet, withBothCases } from './unit-set.ts';

/** A regular expression as a tree. One `set` takes one UTF-16 unit. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: UnitSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly of: PatternNode; readonly least: number; readonly most: number }
  | { readonly kind: 'assertion'; readonly at: Assertion };
export type Assertion = 'word-edge' | 'no-word-edge' | 'line-start' | 'line-end';

/** Why a pattern is refused; told to people by `policy check`. */
export const PATTERN_REFUSALS = [
  'syntax',
  'backreference',
  'lookaround',
  'unsupported',
  'too-large',
  'matches-nothing',
  'nested-repeat',
  'overlapping-repeat',
  'wide-repeats',
] as const;
export type PatternRefusal = (typeof PATTERN_REFUSALS)[number];

export class RefusedPattern extends Error {
  readonly refusal: PatternRefusal;

  constructor(refusal: PatternRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

const MOST_DEPTH = 32;
const LARGEST_COUNT = 256;
const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** Parses the syntax of ECMAScript's `u` flag without lookaround, backreferences and flags; throws `RefusedPattern`. */
export function parsePattern(source: string, ignoreCase: boolean): PatternNode {
  try {
    void new RegExp(source, 'u');
  } catch {
    throw new RefusedPattern('syntax');
  }
  return new Parser(source, ignoreCase).parse();
}

class Parser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new RefusedPattern('syntax');
    return node;
  }

  #choice(): PatternNode {
    if (++this.#depth > MOST_DEPTH) throw new RefusedPattern('too-large');
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth -= 1;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) parts.push(this.#term());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
  }

  #term(): PatternNode {
    const of = this.#atom();
    const counts = /[*+?]|\{(\d+)(,?)(\d*)\}/y;
    counts.lastIndex = this.#at;
    const found = counts.exec(this.#source);
    if (found === null) return of;
    this.#at += found[0].length;
    // Lazy or greedy, the same text is found: what is reported is the longest match.
    this.#take('?');
    const [whole, first = '0', comma, last = ''] = found;
    const least = whole === '+' ? 1 : whole === '*' || whole === '?' ? 0 : Number(first);
    const open = whole === '+' || whole === '*' || (comma === ',' && last === '');
    const most = open ? Number.POSITIVE_INFINITY : whole === '?' ? 1 : comma === ',' ? Number(last) : least;
    if (least > LARGEST_COUNT || (!open && most > LARGEST_COUNT)) throw new RefusedPattern('too-large');
    return { kind: 'repeat', of, least, most };
  }

  #atom(): PatternNode {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'set', set: this.#class() };
      case '.':
        return { kind: 'set', set: complement(unitSet([single(10), single(13)].flat())) };
      case '^':
        return { kind: 'assertion', at: 'line-start' };
      case '$':
        return { kind: 'assertion', at: 'line-end' };
      case '\\':
        return this.#escape();
      default:
        return this.#literal(character);
    }
  }

  #group(): PatternNode {
    if (this.#source.startsWith('?', this.#at)) {
      const head = /\?(?::|<(?![=!])[^>]*>)/y;
      head.lastIndex = this.#at;
      const found = head.exec(this.#source);
      if (found === null) throw new RefusedPattern(/^\?<?[=!]/.test(this.#source.slice(this.#at)) ? 'lookaround' : 'unsupported');
      this.#at += found[0].length;
    }
    const node = this.#choice();
    if (!this.#take(')')) throw new RefusedPattern('syntax');
    return node;
  }

  #escape(): PatternNode {
    const next = this.#source[this.#at] ?? '';
    if (next === 'b' || next === 'B') {
      this.#at += 1;
      return { kind: 'assertion', at: next === 'b' ? 'word-edge' : 'no-word-edge' };
    }
    if (next === 'k' || /[1-9]/.test(next)) throw new RefusedPattern('backreference');
    const escaped = this.#escaped();
    return typeof escaped === 'number' ? this.#literal(String.fromCodePoint(escaped)) : { kind: 'set', set: escaped };
  }

  /** A character's number, or a class; behind the backslash. */
  #escaped(): number | UnitSet {
    const found = /[dDwWsS]|[pP]\{[^}]*\}|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|c([a-zA-Z])|([tnvfr0])|([^a-zA-Z0-9])/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#source);
    if (match === null) throw new RefusedPattern('unsupported');
    this.#at += match[0].length;
    const [whole, braced, four, two, control, named, itself] = match;
    const hex = braced ?? four ?? two;
    if (hex !== undefined) return Number.parseInt(hex, 16);
    if (control !== undefined) return control.charCodeAt(0) % 32;
    if (named !== undefined) return CONTROL[named] ?? 0;
    if (itself !== undefined) return itself.charCodeAt(0);
    const set = classSet(`\\${whole}`);
    if (set === null) throw new RefusedPattern('unsupported');
    return set;
  }

  #class(): UnitSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      const first = this.#member();
      if (typeof first !== 'number') {
        ranges.push(...first);
        continue;
      }
      let last: number | UnitSet = first;
      if (this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at += 1;
        last = this.#member();
      }
      if (typeof last !== 'number') throw new RefusedPattern('syntax');
      ranges.push([first, last]);
    }
    const set = unitSet(this.#ignoreCase ? withBothCases(unitSet(ranges)) : ranges);
    return negated ? complement(set) : set;
  }

  #member(): number | UnitSet {
    const point = this.#source.codePointAt(this.#at);
    if (point === undefined) throw new RefusedPattern('syntax');
    this.#at += point > 0xffff ? 2 : 1;
    const member = point === 0x5c ? (this.#take('b') ? 8 : this.#take('-') ? 0x2d : this.#escaped()) : point;
    // A class takes one unit; rare kanji are two.
    if (typeof member === 'number' && member > 0xffff) throw new RefusedPattern('unsupported');
    return member;
  }

  /** In the spelling of the text it is compared with, which is normalised. */
  #literal(character: string): PatternNode {
    const units = Array.from({ length: normalise(character).length }, (_, index) => normalise(character).charCodeAt(index));
    const parts = units.map((unit): PatternNode => ({ kind: 'set', set: this.#ignoreCase ? withBothCases(single(unit)) : single(unit) }));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}
