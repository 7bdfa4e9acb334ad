import type { z } from 'zod';
import { policy, type Policy } from '../contracts/policy.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { meaningProblems } from './meaning.ts';
import type { PolicyProblem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { type ProblemText, readYaml, type YamlDocument } from './yaml-document.ts';

/** Reads a policy from its YAML text. The error is every mistake found, in the order of the text; it is never empty. */
export function parsePolicy(source: string): Result<Policy, PolicyProblem[]> {
  const read = parseYamlAs(policy, source);
  if (!read.ok) return read;
  const problems = meaningProblems(read.value.value, read.value.document);
  return problems.length > 0 ? err(inOrder(problems)) : ok(read.value.value);
}

/** A problem that only shows outside the text, at a place of it. */
export function policyProblemAt(source: string, path: readonly PropertyKey[], what: ProblemText): PolicyProblem {
  const read = readYaml(source);
  return read.ok ? read.value.problem('value', path, what) : { ...what, line: 1, column: 1, path: '' };
}

/** Reads YAML text against any contract, with the same strictness and the same messages as a policy. */
export function parseYamlAs<S extends z.ZodType>(
  schema: S,
  source: string,
): Result<{ value: z.infer<S>; document: YamlDocument }, PolicyProblem[]> {
  const read = readYaml(source);
  if (!read.ok) return read;
  const parsed = schema.safeParse(read.value.value);
  if (!parsed.success) return err(inOrder(schemaProblems(schema, read.value, parsed.error.issues)));
  return ok({ value: parsed.data, document: read.value });
}

function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
