import type { OwnData } from '../../contracts/effect.ts';
import type { Policy } from '../../contracts/policy.ts';

export const NO_OWN_DATA: OwnData = { keywords: [], patterns: [], indexes: [] };

// One object for one policy: whoever prepares it for matching does so once (contract of `InspectionRequest`).
const known = new WeakMap<Policy, OwnData>();

/** What a policy asks to be looked for besides the detectors of the product. */
export function ownDataOf(policy: Policy): OwnData {
  const before = known.get(policy);
  if (before !== undefined) return before;
  const own = { keywords: policy.keywords, patterns: policy.patterns, indexes: policy['own-data'] };
  known.set(policy, own);
  return own;
}
