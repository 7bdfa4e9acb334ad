/** A set of UTF-16 units: ranges, both ends included, in order and apart. */
export type UnitSet = readonly (readonly [number, number])[];

const LAST = 0xffff;

export function unitSet(ranges: readonly (readonly [number, number])[]): UnitSet {
  const set: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = set.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else set.push([low, high]);
  }
  return set;
}

export const single = (unit: number): UnitSet => [[unit, unit]];

export function complement(set: UnitSet): UnitSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [low, high] of set) {
    if (low > next) rest.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

export function overlaps(one: UnitSet, other: UnitSet): boolean {
  return one.some(([low, high]) => other.some(([from, to]) => low <= to && from <= high));
}

export const sizeOf = (set: UnitSet): number => set.reduce((sum, [low, high]) => sum + high - low + 1, 0);

/** Both cases of every letter, as far as one unit has another of one unit. */
export function withBothCases(set: UnitSet): UnitSet {
  if (sizeOf(set) > 4096) return set;
  const more: [number, number][] = [];
  for (const [low, high] of set) {
    for (let unit = low; unit <= high; unit++) {
      const character = String.fromCharCode(unit);
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        if (other.length === 1) more.push([other.charCodeAt(0), other.charCodeAt(0)]);
      }
    }
  }
  return unitSet([...set, ...more]);
}

const known = new Map<string, UnitSet>();

/** What a character class of the language itself holds, e.g. `\p{Script=Han}`; null when it is none. */
export function classSet(escape: string): UnitSet | null {
  const before = known.get(escape);
  if (before !== undefined) return before;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^${escape}$`, 'u');
  } catch {
    return null;
  }
  const ranges: [number, number][] = [];
  for (let unit = 0; unit <= LAST; unit++) {
    if (!pattern.test(String.fromCharCode(unit))) continue;
    const last = ranges.at(-1);
    if (last?.[1] === unit - 1) last[1] = unit;
    else ranges.push([unit, unit]);
  }
  known.set(escape, ranges);
  return ranges;
}
