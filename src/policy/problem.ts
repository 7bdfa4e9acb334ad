import type { Language, LocalizedText } from '../contracts/ids.ts';

/** What kind of mistake it is; the words around it may change, these do not. docs/spec/policy.md section 8. */
export const PROBLEM_CODES = [
  'syntax',
  'too-large',
  'too-deep',
  'control-character',
  'directive',
  'alias',
  'tag',
  'tab',
  'duplicate-key',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'wrong-value',
  'out-of-range',
  'duplicate-id',
  'unknown-detector',
  'pattern-refused',
  'index-unusable',
  'unreachable-rule',
  'never-holds',
  'screen-lock-order',
  'virtual-volumes',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** As many as a person can use at once; finding the place of each takes time. */
export const MAX_PROBLEMS = 50;

/** One mistake in a policy, at the first character of what is wrong. Line and column count from 1. */
export interface PolicyProblem {
  readonly code: ProblemCode;
  readonly line: number;
  readonly column: number;
  /** Keys and indexes down to the place, e.g. `rules[2].when[0].size`; empty for the document itself. */
  readonly path: string;
  readonly message: LocalizedText;
  /** What to write instead. */
  readonly hint?: LocalizedText;
}

/** `path:line:column: message (hint)`: the form editors and CI make links of. */
export function formatProblem(file: string, problem: PolicyProblem, language: Language = 'en'): string {
  const hint = problem.hint === undefined ? '' : language === 'ja' ? `（${problem.hint.ja}）` : ` (${problem.hint.en})`;
  return `${file}:${problem.line}:${problem.column}: ${problem.message[language]}${hint}`;
}

/** The path of a place in the document, as programs write it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
