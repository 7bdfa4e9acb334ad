import type { DeviceAction, Policy } from '../contracts/policy.ts';
import type { Action } from '../contracts/verdict.ts';
import { decideFile } from '../core/policy/decide-file.ts';
import { decideVolume } from '../core/policy/decide-volume.ts';
import { inspectionOf, volumeOf, type FileCase, type PolicyCases, type VolumeCase } from './cases.ts';

/** What was decided, or was to be: about a file an action, about a volume a treatment. `rule` is null for the default. */
export interface CaseDecision {
  readonly decision: Action | DeviceAction | 'ignore';
  readonly rule: string | null;
}

export interface CaseResult {
  readonly title: string;
  readonly kind: 'file' | 'volume';
  readonly passed: boolean;
  readonly expected: CaseDecision;
  readonly actual: CaseDecision;
}

/** Decides every case as the agent would. Cases come back in their order, files first. */
export function testPolicy(policy: Policy, cases: PolicyCases): CaseResult[] {
  return [...cases.files.map((one) => testFile(policy, one)), ...cases.volumes.map((one) => testVolume(policy, one))];
}

/** The rules, of files and devices, that no case names: what they do is untested. */
export function untestedRules(policy: Policy, cases: PolicyCases): string[] {
  const named = new Set([...cases.files, ...cases.volumes].map(({ expect }) => expect.rule));
  return [...policy.rules, ...policy.devices.rules].map(({ id }) => id).filter((id) => !named.has(id));
}

function testFile(policy: Policy, one: FileCase): CaseResult {
  const { file, user, host } = one;
  const circumstances = { path: file.path, bytes: file.bytes, inspection: inspectionOf(one), volume: volumeOf(one), user, host };
  const { action, rule } = decideFile(policy, circumstances);
  return compared(one.title, 'file', { decision: one.expect.action, rule: one.expect.rule }, { decision: action, rule: rule ?? null });
}

function testVolume(policy: Policy, one: VolumeCase): CaseResult {
  const { treatment, rule } = decideVolume(policy, { volume: volumeOf(one), user: one.user, host: one.host });
  const expected = { decision: one.expect.treatment, rule: one.expect.rule };
  return compared(one.title, 'volume', expected, { decision: treatment, rule: rule ?? null });
}

function compared(title: string, kind: CaseResult['kind'], expected: CaseDecision, actual: CaseDecision): CaseResult {
  return { title, kind, passed: expected.decision === actual.decision && expected.rule === actual.rule, expected, actual };
}
