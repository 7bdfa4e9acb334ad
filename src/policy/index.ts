export { draftRelease, type DraftParts } from './draft-release.ts';
export { keyId, openEnvelope, signEnvelope } from './dsse.ts';
export { parsePolicy, policyProblemAt } from './parse-policy.ts';
export { formatProblem, type PolicyProblem, type ProblemCode } from './problem.ts';
export {
  envelopeText,
  readUnverified,
  reopenRelease,
  signRelease,
  verifyRelease,
  type ReleaseMark,
  type VerifiedRelease,
} from './release.ts';
export { openPolicyStore, type CurrentRelease, type PolicyStore } from './store.ts';
export { parseCases, type PolicyCases } from './cases.ts';
export { type CaseResult, testPolicy, untestedRules } from './test-policy.ts';
