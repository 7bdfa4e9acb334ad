import { type PatternNode, RefusedPattern } from './parse-pattern.ts';
import { overlaps, sizeOf, type UnitSet } from './unit-set.ts';

/** Counts that differ by so much, or are open, are loops to this analysis. */
const LOOP = 8;
/** A set so large is `.` by another name. */
const WIDE = 10_000;
const MOST_POSITIONS = 1000;
/** Pairs of positions looked at: more is no pattern a person wrote. */
const MOST_PAIRS = 1_000_000;

/**
 * Refuses what makes a backtracking matcher try the same text in ever more ways: a loop through which one text leads in
 * two ways (exponential ambiguity, Weber and Seidl, "On the degree of ambiguity of finite automata", TCS 88, 1991; for
 * matchers: Weideman et al., CIAA 2016), and two open repeats of nearly everything in a row. Our automaton would bear
 * them; but whoever tries such a pattern elsewhere would not, and it can always be written plainly.
 */
export function checkShape(node: PatternNode): void {
  if (mayBeEmpty(node)) throw new RefusedPattern('matches-nothing');
  checkWideRepeats(node);
  const positions = new Positions();
  positions.add(node);
  positions.check();
}

function mayBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assertion':
      return true;
    case 'sequence':
      return node.parts.every(mayBeEmpty);
    case 'choice':
      return node.options.some(mayBeEmpty);
    case 'repeat':
      return node.least === 0 || mayBeEmpty(node.of);
  }
}

function checkWideRepeats(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return 0;
    case 'choice':
      return Math.max(...node.options.map(checkWideRepeats));
    case 'repeat': {
      if (isLoop(node) && node.of.kind === 'set') return sizeOf(node.of.set) > WIDE ? 1 : 0;
      const repeats = checkWideRepeats(node.of);
      if (repeats > 0 && node.most > 1) throw new RefusedPattern('wide-repeats');
      return repeats;
    }
    case 'sequence': {
      const repeats = node.parts.reduce((sum, part) => sum + checkWideRepeats(part), 0);
      if (repeats > 1) throw new RefusedPattern('wide-repeats');
      return repeats;
    }
  }
}

const isLoop = ({ least, most }: { least: number; most: number }): boolean => most - least >= LOOP;

interface Ends {
  readonly empty: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** The position automaton (Glushkov), which keeps two ways to one position apart. */
class Positions {
  readonly #sets: UnitSet[] = [];
  readonly #follow: Set<number>[] = [];
  #pairs = 0;

  add(node: PatternNode): Ends {
    switch (node.kind) {
      case 'assertion':
        return { empty: true, first: [], last: [] };
      case 'set': {
        const position = this.#sets.push(node.set) - 1;
        if (position >= MOST_POSITIONS) throw new RefusedPattern('too-large');
        this.#follow.push(new Set());
        return { empty: false, first: [position], last: [position] };
      }
      case 'choice': {
        const options = node.options.map((option) => this.add(option));
        return {
          empty: options.some(({ empty }) => empty),
          first: options.flatMap(({ first }) => first),
          last: options.flatMap(({ last }) => last),
        };
      }
      case 'sequence':
        return this.#sequence(node.parts);
      case 'repeat': {
        // A fixed number of times is twice as good as any number of times: what can go wrong shows at the first seam.
        const copies = isLoop(node) ? [node.of] : Array.from({ length: Math.min(2, node.most) }, () => node.of);
        const body = this.#sequence(copies);
        if (isLoop(node)) this.#link(body.last, body.first);
        return { ...body, empty: body.empty || node.least === 0 };
      }
    }
  }

  check(): void {
    const count = this.#sets.length;
    // Two readers of the same text; they begin at one position and part. Can they meet there again?
    for (let start = 0; start < count; start++) {
      const apart = this.#reach(this.#successors(start, start).filter(([one, other]) => one !== other));
      if ([...apart].some((pair) => Math.floor(pair / count) === start && pair % count === start))
        throw new RefusedPattern('overlapping-repeat');
    }
  }

  #reach(from: readonly (readonly [number, number])[]): Set<number> {
    const count = this.#sets.length;
    const seen = new Set<number>();
    const waiting = [...from];
    for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
      const key = pair[0] * count + pair[1];
      if (seen.has(key)) continue;
      seen.add(key);
      if (++this.#pairs > MOST_PAIRS) throw new RefusedPattern('too-large');
      waiting.push(...this.#successors(...pair));
    }
    return seen;
  }

  #successors(one: number, other: number): [number, number][] {
    const pairs: [number, number][] = [];
    for (const next of this.#follow[one] ?? []) {
      for (const beside of this.#follow[other] ?? []) {
        if (next === beside || overlaps(this.#sets[next] ?? [], this.#sets[beside] ?? [])) pairs.push([next, beside]);
      }
    }
    return pairs;
  }

  #sequence(parts: readonly PatternNode[]): Ends {
    let before: Ends = { empty: true, first: [], last: [] };
    for (const part of parts) {
      const next = this.add(part);
      this.#link(before.last, next.first);
      before = {
        empty: before.empty && next.empty,
        first: before.empty ? [...before.first, ...next.first] : before.first,
        last: next.empty ? [...before.last, ...next.last] : next.last,
      };
    }
    return before;
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const position of from) {
      const follow = this.#follow[position];
      for (const next of to) {
        // Already linked: the inner repeat leads there, and now the outer one does too.
        if (follow?.has(next) === true) throw new RefusedPattern('nested-repeat');
        follow?.add(next);
      }
    }
  }
}
