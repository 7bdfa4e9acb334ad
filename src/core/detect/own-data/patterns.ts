import type { CustomPattern, PatternValidator } from '../../../contracts/policy.ts';
import { isCorporateNumber, isDriversLicense, isMyNumber, passesLuhn, passesMod97 } from '../check-digits.ts';
import type { Companion } from '../companion.ts';
import { keepEnds } from '../masks.ts';
import { normalise } from '../normalise.ts';
import { OwnTally } from './own-tally.ts';
import { PatternAutomaton } from './pattern/automaton.ts';
import { checkShape } from './pattern/check-shape.ts';
import { parsePattern, type PatternRefusal, RefusedPattern } from './pattern/parse-pattern.ts';
import { type FeedWindow, TextFeed } from './text-feed.ts';
import { WordAutomaton } from './word-automaton.ts';

/** Why a policy's pattern cannot be used, or null when it can. */
export function patternRefusal({ regex, 'ignore-case': ignoreCase }: Pick<CustomPattern, 'regex' | 'ignore-case'>): PatternRefusal | null {
  try {
    automatonOf(regex, ignoreCase);
    return null;
  } catch (error) {
    if (error instanceof RefusedPattern) return error.refusal;
    throw error;
  }
}

function automatonOf(regex: string, ignoreCase: boolean): PatternAutomaton {
  const node = parsePattern(regex, ignoreCase);
  checkShape(node);
  return new PatternAutomaton(node);
}

interface Prepared {
  readonly pattern: CustomPattern;
  readonly automaton: PatternAutomaton;
  readonly context: WordAutomaton | null;
}

const VALIDATORS: Readonly<Record<PatternValidator, (match: string) => boolean>> = {
  luhn: (match) => passesLuhn(digitsOf(match)) && /[1-9]/.test(match),
  'my-number': (match) => isMyNumber(digitsOf(match)),
  'corporate-number': (match) => isCorporateNumber(digitsOf(match)),
  'drivers-license': (match) => isDriversLicense(digitsOf(match)),
  'mod-97': (match) => /^[A-Z0-9]{5,40}$/.test(compact(match)) && passesMod97(compact(match)),
};

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');
const compact = (text: string): string => text.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** The regular expressions of a policy, prepared once for any number of files. Refused ones are left out: `policy check` says why. */
export class Patterns {
  readonly #prepared: readonly Prepared[];

  constructor(patterns: readonly CustomPattern[]) {
    this.#prepared = patterns
      .filter((pattern) => patternRefusal(pattern) === null)
      .map((pattern) => ({
        pattern,
        automaton: automatonOf(pattern.regex, pattern['ignore-case']),
        context: pattern.context === undefined ? null : new WordAutomaton(pattern.context.map(normalise)),
      }));
  }

  companion(): Companion {
    const tallies = this.#prepared.map(({ pattern: { id } }) => ({ high: new OwnTally(id, 'high'), low: new OwnTally(id, 'low') }));
    const feed = new TextFeed((window) => {
      for (const [index, prepared] of this.#prepared.entries()) {
        const tally = tallies[index];
        if (tally !== undefined) scan(prepared, window, tally);
      }
    });
    return {
      addText: (text, place) => feed.addText(text, place),
      addRow: (cells, place) => feed.addRow(cells, place),
      endRegion: () => feed.endRegion(),
      finish() {
        feed.endRegion();
        return { findings: tallies.flatMap(({ high, low }) => [...high.findings(), ...low.findings()]) };
      },
    };
  }
}

function scan(
  { pattern, automaton, context }: Prepared,
  { text, from, end, placeAt }: FeedWindow,
  tally: { readonly high: OwnTally; readonly low: OwnTally },
): void {
  const validator = pattern.validator === undefined ? null : VALIDATORS[pattern.validator];
  let words: readonly number[] | undefined;
  automaton.scan(text, from, end, (start, stop) => {
    const value = text.slice(start, stop);
    if (validator !== null && !validator(value)) return;
    words ??= context === null ? [] : wordsIn(context, text);
    const named = context !== null && isNear(words, start, stop, pattern.near);
    const reasons = ['custom-pattern', ...(validator === null ? [] : ['validator']), ...(named ? ['context-word'] : [])];
    const found = context === null || named ? tally.high : tally.low;
    found.add({ value, reasons, sample: () => keepEnds(value.replaceAll(/\s/g, ' '), 2, 2), place: () => placeAt(start) });
  });
}

function wordsIn(context: WordAutomaton, text: string): number[] {
  const found: number[] = [];
  context.scan(text, 0, text.length, (_word, start) => found.push(start));
  return found.toSorted((a, b) => a - b);
}

function isNear(words: readonly number[], start: number, stop: number, near: number): boolean {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle] ?? 0) < start - near) low = middle + 1;
    else high = middle;
  }
  return (words[low] ?? Number.POSITIVE_INFINITY) <= stop + near;
}
