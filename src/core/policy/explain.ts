import type { DeviceAction, FileCondition, Policy } from '../../contracts/policy.ts';
import type { Action, Verdict } from '../../contracts/verdict.ts';
import { decideFile } from './decide-file.ts';
import { decideVolume, DEVICE_MEMBERS, type VolumeCircumstances, type VolumeDecision } from './decide-volume.ts';
import { FILE_MEMBERS, type FileCircumstances } from './file-condition.ts';
import type { Member } from './member.ts';

/** One member of a condition: what the policy asks, what was there of it. Both are plain JSON data. */
export interface MemberExplanation {
  readonly member: string;
  readonly holds: boolean;
  readonly wanted: unknown;
  readonly seen: unknown;
}

export interface ConditionExplanation {
  readonly holds: boolean;
  readonly members: readonly MemberExplanation[];
}

export interface RuleExplanation<A> {
  readonly id: string;
  readonly action: A;
  readonly matched: boolean;
  /** The rule that the decision names. */
  readonly decided: boolean;
  readonly conditions: readonly ConditionExplanation[];
  /** Those of `unless`: when any of them holds the rule does not match. Device rules have none. */
  readonly exceptions: readonly ConditionExplanation[];
}

export interface FileExplanation {
  readonly verdict: Verdict;
  readonly rules: readonly RuleExplanation<Action>[];
}

export interface VolumeExplanation {
  readonly decision: VolumeDecision;
  readonly rules: readonly RuleExplanation<DeviceAction>[];
}

/** Why `decideFile` says what it says: every rule, with each condition that held or failed. Uses the same tests. */
export function explainFile(policy: Policy, file: FileCircumstances): FileExplanation {
  const verdict = decideFile(policy, file);
  const explain = (condition: FileCondition): ConditionExplanation => explainCondition(FILE_MEMBERS, condition, file);
  const rules = policy.rules.map((rule) =>
    explainRule(rule, { conditions: rule.when.map(explain), exceptions: (rule.unless ?? []).map(explain) }, verdict.rule),
  );
  return { verdict, rules };
}

/** Why `decideVolume` says what it says. `matched` is told for every rule; the first that matched decided. */
export function explainVolume(policy: Policy, circumstances: VolumeCircumstances): VolumeExplanation {
  const decision = decideVolume(policy, circumstances);
  const rules = policy.devices.rules.map((rule) =>
    explainRule(rule, { conditions: [explainCondition(DEVICE_MEMBERS, rule.when, circumstances)], exceptions: [] }, decision.rule),
  );
  return { decision, rules };
}

function explainRule<A>(
  { id, action }: { id: string; action: A },
  parts: Pick<RuleExplanation<A>, 'conditions' | 'exceptions'>,
  deciding: string | undefined,
): RuleExplanation<A> {
  const matched = parts.conditions.some(({ holds }) => holds) && !parts.exceptions.some(({ holds }) => holds);
  return { id, action, matched, decided: id === deciding, ...parts };
}

function explainCondition<C, S>(members: readonly Member<C, S>[], condition: C, circumstances: S): ConditionExplanation {
  const named = members.filter(({ name }) => condition[name] !== undefined);
  const explained = named.map((member) => ({
    member: member.name,
    holds: member.holds(condition, circumstances),
    wanted: condition[member.name],
    seen: member.seen(condition, circumstances),
  }));
  return { holds: explained.every(({ holds }) => holds), members: explained };
}
