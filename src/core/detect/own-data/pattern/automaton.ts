import { type Assertion, type PatternNode, RefusedPattern } from './parse-pattern.ts';
import { type UnitSet } from './unit-set.ts';

/** A match is no longer, in units; what an open repeat would take beyond it is left out. */
export const LONGEST_MATCH = 256;

const MOST_INSTRUCTIONS = 4000;
/** States made on the way are thrown away and made anew beyond this: memory is bounded whatever the pattern. */
const MOST_STATES = 1000;
const UNKNOWN = -1;

/** What stands beside a place: the edge of a line or of all text, a word unit (`\w`), or something else. */
const EDGE = 0;
const WORD = 1;
const OTHER = 2;

type Instruction =
  | { readonly kind: 'unit'; readonly classes: ReadonlySet<number>; readonly next: number }
  | { readonly kind: 'split'; readonly next: readonly number[] }
  | { readonly kind: 'assert'; readonly at: Assertion; readonly next: number }
  | { readonly kind: 'match' };

interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Units that no set of the pattern tells apart are one class. */
interface Classes {
  readonly ofUnit: Uint16Array;
  readonly kinds: Uint8Array;
  readonly count: number;
  /** The classes a set is made of. */
  of(set: UnitSet): ReadonlySet<number>;
}

/**
 * Runs a pattern in time linear in the text, whatever both are: one pass backwards marks where matches begin, and from
 * there one forwards, of at most `LONGEST_MATCH` units, takes the longest. Deterministic states are made from those of
 * Thompson's construction when first needed (Thompson, CACM 11(6), 1968; Cox, "Regular Expression Matching in the Wild", 2010).
 */
export class PatternAutomaton {
  readonly #classes: Classes;
  readonly #forwards: LazyStates;
  readonly #backwards: LazyStates;
  #marks = new Uint8Array(0);
  /** Units stepped over so far, both ways: the measure that is linear. */
  steps = 0;

  constructor(node: PatternNode) {
    this.#classes = classesOf(node);
    this.#forwards = new LazyStates(compile(node, this.#classes, false), this.#classes, false);
    this.#backwards = new LazyStates(compile(node, this.#classes, true), this.#classes, true);
  }

  /** Reports the leftmost longest matches, none within another, that begin in `from` to `end`. */
  scan(text: string, from: number, end: number, report: (start: number, end: number) => void): void {
    if (!this.#markStarts(text, from)) return;
    for (let start = from; start < end; start++) {
      if (this.#marks[start - from] !== 1) continue;
      const stop = this.#longest(text, start);
      if (stop <= start) continue;
      report(start, stop);
      start = stop - 1;
    }
  }

  #markStarts(text: string, from: number): boolean {
    const length = text.length - from;
    if (this.#marks.length < length) this.#marks = new Uint8Array(length + 4096);
    this.#marks.fill(0, 0, length);
    const { ofUnit, kinds } = this.#classes;
    const states = this.#backwards;
    let state = states.start(EDGE);
    let any = false;
    for (let index = text.length - 1; index >= from; index--) {
      state = states.step(state, ofUnit[text.charCodeAt(index)] ?? 0);
      const before = index === 0 ? EDGE : (kinds[ofUnit[text.charCodeAt(index - 1)] ?? 0] ?? OTHER);
      if (states.accepts(state, before)) {
        this.#marks[index - from] = 1;
        any = true;
      }
    }
    this.steps += length;
    return any;
  }

  #longest(text: string, start: number): number {
    const { ofUnit, kinds } = this.#classes;
    const states = this.#forwards;
    let state = states.start(start === 0 ? EDGE : (kinds[ofUnit[text.charCodeAt(start - 1)] ?? 0] ?? OTHER));
    let longest = start;
    const last = Math.min(text.length, start + LONGEST_MATCH);
    for (let index = start; index < last; index++) {
      this.steps += 1;
      state = states.step(state, ofUnit[text.charCodeAt(index)] ?? 0);
      if (states.isDead(state)) break;
      const behind = index + 1 === text.length ? EDGE : (kinds[ofUnit[text.charCodeAt(index + 1)] ?? 0] ?? OTHER);
      if (states.accepts(state, behind)) longest = index + 1;
    }
    return longest;
  }
}

/** Deterministic states, each a set of instructions waiting for the next unit, and what stands before it. */
class LazyStates {
  readonly #program: Program;
  readonly #classes: Classes;
  /** A match may begin at any place, not only at the first. */
  readonly #anywhere: boolean;
  #numbers = new Map<string, number>();
  #kernels: (readonly number[])[] = [];
  #before: number[] = [];
  #next: Int32Array;
  /** Whether a match ends in a state, by what stands behind it; 2 is not known yet. */
  #accepts: Uint8Array;

  constructor(program: Program, classes: Classes, anywhere: boolean) {
    this.#program = program;
    this.#classes = classes;
    this.#anywhere = anywhere;
    this.#next = new Int32Array((MOST_STATES + 2) * classes.count);
    this.#accepts = new Uint8Array((MOST_STATES + 2) * 3);
    this.#forget();
  }

  start(before: number): number {
    return this.#number([this.#program.start], before);
  }

  step(state: number, unitClass: number): number {
    const known = this.#next[state * this.#classes.count + unitClass] ?? UNKNOWN;
    return known === UNKNOWN ? this.#make(state, unitClass) : known;
  }

  accepts(state: number, behind: number): boolean {
    const known = this.#accepts[state * 3 + behind] ?? 2;
    if (known !== 2) return known === 1;
    const accepts = this.#closure(state, behind).some((at) => this.#program.instructions[at]?.kind === 'match');
    this.#accepts[state * 3 + behind] = accepts ? 1 : 0;
    return accepts;
  }

  isDead(state: number): boolean {
    return this.#kernels[state]?.length === 0;
  }

  #make(state: number, unitClass: number): number {
    const kind = this.#classes.kinds[unitClass] ?? OTHER;
    const next = new Set<number>();
    for (const at of this.#closure(state, kind)) {
      const instruction = this.#program.instructions[at];
      if (instruction?.kind === 'unit' && instruction.classes.has(unitClass)) next.add(instruction.next);
    }
    if (this.#anywhere) next.add(this.#program.start);
    const full = this.#kernels.length >= MOST_STATES;
    if (full) this.#forget();
    const number = this.#number(
      [...next].toSorted((a, b) => a - b),
      kind,
    );
    if (!full) this.#next[state * this.#classes.count + unitClass] = number;
    return number;
  }

  #number(kernel: readonly number[], before: number): number {
    const key = `${before}:${kernel.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#kernels.push(kernel) - 1;
    this.#before.push(before);
    this.#numbers.set(key, number);
    this.#next.fill(UNKNOWN, number * this.#classes.count, (number + 1) * this.#classes.count);
    this.#accepts.fill(2, number * 3, number * 3 + 3);
    return number;
  }

  #forget(): void {
    this.#numbers = new Map();
    this.#kernels = [];
    this.#before = [];
  }

  /** Everything that can be reached without taking a unit. */
  #closure(state: number, behind: number): number[] {
    const before = this.#before[state] ?? EDGE;
    const reached = new Set<number>();
    const waiting = [...(this.#kernels[state] ?? [])];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const instruction = this.#program.instructions[at];
      if (instruction?.kind === 'split') waiting.push(...instruction.next);
      else if (instruction?.kind === 'assert' && holds(instruction.at, before, behind)) waiting.push(instruction.next);
    }
    return [...reached];
  }
}

function holds(assertion: Assertion, before: number, behind: number): boolean {
  switch (assertion) {
    case 'word-edge':
      return (before === WORD) !== (behind === WORD);
    case 'no-word-edge':
      return (before === WORD) === (behind === WORD);
    case 'line-start':
      return before === EDGE;
    case 'line-end':
      return behind === EDGE;
  }
}

/** `backwards`: the program of the pattern read from its end. */
function compile(node: PatternNode, classes: Classes, backwards: boolean): Program {
  const instructions: Instruction[] = [{ kind: 'match' }];
  const put = (instruction: Instruction): number => {
    if (instructions.length >= MOST_INSTRUCTIONS) throw new RefusedPattern('too-large');
    return instructions.push(instruction) - 1;
  };
  const build = (part: PatternNode, next: number): number => {
    switch (part.kind) {
      case 'set':
        return put({ kind: 'unit', classes: classes.of(part.set), next });
      case 'assertion':
        return put({ kind: 'assert', at: backwards ? (TURNED[part.at] ?? part.at) : part.at, next });
      case 'choice':
        return put({ kind: 'split', next: part.options.map((option) => build(option, next)) });
      case 'sequence':
        return (backwards ? part.parts : part.parts.toReversed()).reduce((behind, one) => build(one, behind), next);
      case 'repeat':
        return repeat(part, next);
    }
  };
  const repeat = ({ of, least, most }: Extract<PatternNode, { kind: 'repeat' }>, next: number): number => {
    let at = next;
    if (most === Number.POSITIVE_INFINITY) {
      const ways: number[] = [next];
      at = put({ kind: 'split', next: ways });
      ways.push(build(of, at));
    } else {
      for (let count = least; count < most; count++) at = put({ kind: 'split', next: [build(of, at), next] });
    }
    for (let count = 0; count < least; count++) at = build(of, at);
    return at;
  };
  const start = build(node, 0);
  return { instructions, start };
}

const TURNED: Partial<Record<Assertion, Assertion>> = { 'line-start': 'line-end', 'line-end': 'line-start' };

const LINE_EDGE: UnitSet = [
  [10, 10],
  [13, 13],
];
const WORD_UNITS: UnitSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

function classesOf(node: PatternNode): Classes {
  const sets = [LINE_EDGE, WORD_UNITS, ...setsOf(node)];
  // A class begins wherever any set begins or ends; stretches that lie in the same sets are then one.
  const edges = new Set([0]);
  for (const set of sets) {
    for (const [low, high] of set) edges.add(low).add(high + 1);
  }
  const starts = [...edges].filter((edge) => edge <= 0xffff).toSorted((a, b) => a - b);
  const numbers = new Map<string, number>();
  const ofUnit = new Uint16Array(65_536);
  const samples: number[] = [];
  const members = sets.map((set) => {
    const inside = new Uint8Array(starts.length);
    let range = 0;
    for (const [index, start] of starts.entries()) {
      while (range < set.length && (set[range]?.[1] ?? 0) < start) range += 1;
      inside[index] = (set[range]?.[0] ?? Number.POSITIVE_INFINITY) <= start ? 1 : 0;
    }
    return inside;
  });
  for (const [index, start] of starts.entries()) {
    const key = members.map((inside) => inside[index]).join('');
    const known = numbers.get(key);
    const number = known ?? samples.push(start) - 1;
    numbers.set(key, number);
    ofUnit.fill(number, start, starts[index + 1] ?? 65_536);
  }
  const kinds = Uint8Array.from(samples, (unit) => (isIn(LINE_EDGE, unit) ? EDGE : isIn(WORD_UNITS, unit) ? WORD : OTHER));
  const of = (set: UnitSet): ReadonlySet<number> => new Set(samples.flatMap((unit, number) => (isIn(set, unit) ? [number] : [])));
  return { ofUnit, kinds, count: samples.length, of };
}

const isIn = (set: UnitSet, unit: number): boolean => set.some(([low, high]) => low <= unit && unit <= high);

function setsOf(node: PatternNode): UnitSet[] {
  switch (node.kind) {
    case 'set':
      return [node.set];
    case 'assertion':
      return [];
    case 'sequence':
      return node.parts.flatMap(setsOf);
    case 'choice':
      return node.options.flatMap(setsOf);
    case 'repeat':
      return setsOf(node.of);
  }
}
