import type { Policy, PolicyRelease } from '../contracts/policy.ts';
import { ok, type Result } from '../contracts/result.ts';
import { parsePolicy } from './parse-policy.ts';
import type { PolicyProblem } from './problem.ts';

export interface DraftParts {
  /** The policy's YAML, taken over letter by letter. */
  readonly source: string;
  readonly version: number;
  /** age recipients; the recovery key first. */
  readonly recipients: readonly string[];
  readonly now: Date;
  readonly validMillis: number;
  /** When the agents may begin to use it; at once when absent. */
  readonly notBefore?: Date | undefined;
}

/** A release ready to be signed, from a policy that has no mistakes. */
export function draftRelease(parts: DraftParts): Result<{ release: PolicyRelease; policy: Policy }, PolicyProblem[]> {
  const policy = parsePolicy(parts.source);
  if (!policy.ok) return policy;
  const begins = parts.notBefore ?? parts.now;
  const release: PolicyRelease = {
    format: 'sekisho-policy-release/1',
    name: policy.value.name,
    version: parts.version,
    issued: parts.now.toISOString(),
    notBefore: begins.toISOString(),
    expires: new Date(begins.getTime() + parts.validMillis).toISOString(),
    recipients: [...parts.recipients],
    source: parts.source,
  };
  return ok({ release, policy: policy.value });
}
