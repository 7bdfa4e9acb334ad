/** One text that a pattern matches, with what it asks of its neighbours. */
export interface Expansion {
  readonly text: string;
  /** `\b` before it, and behind it. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** `(?<!被)` before it. */
  readonly notPassive: boolean;
}

/**
 * Every text that a pattern of ../../src/core/detect/detectors/context-words.ts matches: alternatives of characters, sets,
 * groups of alternatives, each perhaps optional. Throws on anything else, for then the scanner would miss words.
 */
export function expand({ source }: RegExp): Expansion[] {
  return alternatives(source)
    .map((whole) => {
      const notPassive = whole.startsWith('(?<!被)');
      const begins = whole.startsWith(String.raw`\b`);
      const ends = whole.endsWith(String.raw`\b`);
      const middle = whole.slice(notPassive ? '(?<!被)'.length : begins ? 2 : 0, ends ? -2 : undefined);
      return { begins, ends, notPassive, middle };
    })
    .flatMap(({ middle, ...asked }) => texts(middle).map((text) => ({ text, ...asked })));
}

/** Splits at the bars that are in no group. */
function alternatives(source: string): string[] {
  const found = [''];
  let depth = 0;
  for (const character of source) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === '|' && depth === 0) found.push('');
    else found[found.length - 1] += character;
  }
  return found;
}

/** An atom: a group, a set, an escaped character or a plain one; and whether it is optional. */
const ATOM = /\(\?:([^()]*)\)(\?)?|\[([^\]\\^]*)\](\?)?|\\([.?])(\?)?|([^\\[\](){}|?*+^$.])(\?)?/y;

function texts(pattern: string): string[] {
  let all = [''];
  ATOM.lastIndex = 0;
  while (ATOM.lastIndex < pattern.length) {
    const at = ATOM.lastIndex;
    const atom = ATOM.exec(pattern);
    if (atom === null) throw new SyntaxError(`cannot expand ${pattern} at ${at}`);
    const [, group, groupOptional, set, setOptional, escaped, escapedOptional, plain, plainOptional] = atom;
    const choices =
      group === undefined ? (set === undefined ? [escaped ?? plain ?? ''] : Array.from(set)) : group.split('|').flatMap(texts);
    if ([groupOptional, setOptional, escapedOptional, plainOptional].includes('?')) choices.push('');
    // The expression is global state: `texts` moved it on for a group.
    ATOM.lastIndex = at + atom[0].length;
    all = all.flatMap((text) => choices.map((choice) => text + choice));
  }
  return all;
}
