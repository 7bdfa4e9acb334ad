import type { Severity } from '../../contracts/ids.ts';
import type { FileCondition, FileRule, Policy } from '../../contracts/policy.ts';
import { ACTIONS, type Action, type Verdict } from '../../contracts/verdict.ts';
import { FILE_MEMBERS, type FileCircumstances } from './file-condition.ts';
import { holdsAll } from './member.ts';

export type { FileCircumstances } from './file-condition.ts';

const SEVERITY_OF: Readonly<Record<Action, Severity>> = {
  allow: 'info',
  record: 'info',
  warn: 'low',
  justify: 'medium',
  encrypt: 'medium',
  block: 'high',
};

/**
 * The decision about one file. All matching rules count, the strongest action wins, and the first rule of that strength
 * is named; the policy's default speaks only when no rule matches. docs/spec/policy.md section 5.
 */
export function decideFile(policy: Policy, file: FileCircumstances): Verdict {
  let winner: FileRule | undefined;
  for (const rule of policy.rules) {
    if (isStronger(rule.action, winner?.action) && matchesFile(rule, file)) winner = rule;
  }
  if (winner === undefined) return { action: policy.default, severity: SEVERITY_OF[policy.default] };
  return {
    action: winner.action,
    rule: winner.id,
    severity: winner.severity ?? SEVERITY_OF[winner.action],
    ...(winner.message === undefined ? {} : { message: winner.message }),
  };
}

function matchesFile(rule: FileRule, file: FileCircumstances): boolean {
  const holds = (condition: FileCondition): boolean => holdsAll(FILE_MEMBERS, condition, file);
  return rule.when.some(holds) && rule.unless?.some(holds) !== true;
}

function isStronger(action: Action, than: Action | undefined): boolean {
  return than === undefined || ACTIONS.indexOf(action) > ACTIONS.indexOf(than);
}
