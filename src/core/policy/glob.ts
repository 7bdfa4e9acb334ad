/**
 * Globs of a policy: `*` is any run of characters (also none, also `/`), `?` is one character. Both sides are compared
 * after NFC and without regard to case. docs/spec/policy.md section 4.
 */
export function matchesGlob(pattern: string, subject: string): boolean {
  return matchesFolded(Array.from(foldCase(pattern)), Array.from(foldCase(subject)));
}

interface GlobList {
  readonly exact: ReadonlySet<string>;
  readonly wild: readonly (readonly string[])[];
}

// A policy may list ten thousand serials and is asked for every file; its lists never change once parsed.
const prepared = new WeakMap<readonly string[], GlobList>();

/** Whether any of a policy's globs matches. The list is prepared once: it must not change afterwards. */
export function matchesAnyGlob(patterns: readonly string[], subject: string): boolean {
  const list = prepared.get(patterns) ?? prepare(patterns);
  const folded = foldCase(subject);
  if (list.exact.has(folded)) return true;
  if (list.wild.length === 0) return false;
  const characters = Array.from(folded);
  return list.wild.some((pattern) => matchesFolded(pattern, characters));
}

function prepare(patterns: readonly string[]): GlobList {
  const folded = patterns.map(foldCase);
  const list = {
    exact: new Set(folded.filter((pattern) => !isWild(pattern))),
    wild: folded.filter(isWild).map((pattern) => Array.from(pattern)),
  };
  prepared.set(patterns, list);
  return list;
}

const isWild = (pattern: string): boolean => /[*?]/.test(pattern);

const foldCase = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * Two pointers, one remembered star: at most pattern times subject steps, whatever an attacker calls a file.
 * A translation to RegExp would be exponential for patterns such as `*a*a*a*b`.
 */
function matchesFolded(pattern: readonly string[], subject: readonly string[]): boolean {
  let inPattern = 0;
  let inSubject = 0;
  let star = -1;
  let resume = 0;
  while (inSubject < subject.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      inPattern += 1;
      resume = inSubject;
    } else if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === subject[inSubject])) {
      inPattern += 1;
      inSubject += 1;
    } else if (star >= 0) {
      inPattern = star + 1;
      resume += 1;
      inSubject = resume;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
