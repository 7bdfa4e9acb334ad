import type { Effect } from '../../contracts/effect.ts';
import type { EventBody, FileDecision } from '../../contracts/event.ts';
import type { LocalizedText } from '../../contracts/ids.ts';
import type { EnforcementOutcome, InputOf } from '../../contracts/input.ts';
import type { Policy } from '../../contracts/policy.ts';
import type { Action } from '../../contracts/verdict.ts';
import { baseName } from '../display-name.ts';
import { decideFile } from '../policy/decide-file.ts';
import { inspectionLimits } from '../policy/inspection-limits.ts';
import { ownDataOf } from '../policy/own-data.ts';
import { type AgentState, type FileInFlight, type PolicySnapshot, type VolumeState, without } from '../state.ts';
import type { Step } from '../step.ts';
import { volumeFacts } from '../volume-facts.ts';

export function onFileArrived(state: AgentState, input: InputOf<'file.arrived'>): Step {
  const { kind: _kind, at, fileId, ...facts } = input;
  if (state.snapshot === null || state.volumes[facts.volumeId]?.treatment !== 'guard') return { state, effects: [] };
  const { policy } = state.snapshot;
  return {
    state: { ...state, files: { ...state.files, [fileId]: { ...facts, arrivedAt: at } } },
    effects: [{ kind: 'inspectFile', volumeId: facts.volumeId, fileId, limits: inspectionLimits(policy), ownData: ownDataOf(policy) }],
  };
}

export function onFileInspected(state: AgentState, input: InputOf<'file.inspected'>): Step {
  const file = state.files[input.fileId];
  const known = file === undefined ? undefined : state.volumes[file.volumeId];
  if (file === undefined || known === undefined || state.snapshot === null) return { state, effects: [] };
  const decision = decide(state, state.snapshot, file, known, input.inspection);
  const { action } = decision.verdict;
  const guest = action === 'encrypt' ? guestOf(known, state.snapshot.policy, input.at) : undefined;
  const recipients = guest === undefined ? state.snapshot.recipients : [...state.snapshot.recipients, guest];
  const told: FileDecision = guest === undefined ? decision : { ...decision, guest: true };
  const decided: FileInFlight = { ...file, decided: { action, decision: told } };
  return {
    state: { ...state, files: { ...state.files, [input.fileId]: decided } },
    effects: [{ kind: 'enforceFile', volumeId: file.volumeId, fileId: input.fileId, action, recipients, decision: told }],
  };
}

/** Whom an enrolled medium's passphrase lets in, where policy lets him; a medium that should be back is nobody's to read. */
function guestOf({ volume: { medium } }: VolumeState, policy: Policy, at: string): string | undefined {
  return policy['guest-reading'] && medium !== undefined && at < medium.due ? medium.guest : undefined;
}

function decide(
  state: AgentState,
  snapshot: PolicySnapshot,
  file: FileInFlight,
  known: VolumeState,
  inspection: InputOf<'file.inspected'>['inspection'],
): FileDecision {
  const { path, bytes, modified, actor, present } = file;
  const { volume } = known;
  const verdict = decideFile(snapshot.policy, { path, bytes, inspection, volume, user: actor.name, host: state.host });
  return {
    actor,
    file: { path, bytes, modified },
    volume: volumeFacts(volume),
    type: inspection.type,
    findings: inspection.findings,
    persons: inspection.persons,
    unreadable: [...new Set(inspection.unreadable.map((part) => part.reason))],
    verdict,
    policy: snapshot.reference,
    guard: known.guardMode ?? 'watch',
    present,
  };
}

export function onFileEnforced(state: AgentState, input: InputOf<'file.enforced'>): Step {
  const file = state.files[input.fileId];
  if (file === undefined) return { state, effects: [] };
  const next: AgentState = { ...state, files: without(state.files, input.fileId) };
  if (!input.outcome.done && input.outcome.gone) return { state: next, effects: [] };
  if (file.decided === undefined) return { state, effects: [] };
  const { action } = file.decided;
  const decision = completed(file.decided.decision, file, input);
  const body = outcomeEvent(action, decision, input.outcome);
  const told = body.type === 'file.blocked' ? toldAs(action, decision) : decision;
  const effects: Effect[] = [{ kind: 'appendEvent', at: input.at, body, settles: input.fileId }, ...notifications(body, told)];
  if (body.type !== 'file.held') return { state: next, effects };
  const hold = { actor: decision.actor, file: decision.file, volume: decision.volume };
  return { state: { ...next, holds: { ...next.holds, [body.data.holdId]: hold } }, effects };
}

/** Exposure counts only for what was written under our eyes: a file already there was exposed for we know not how long. */
function completed(decision: FileDecision, file: FileInFlight, input: InputOf<'file.enforced'>): FileDecision {
  const { outcome } = input;
  const exposureMillis = Math.max(0, Date.parse(input.at) - Date.parse(file.arrivedAt));
  return {
    ...withOutcome(decision, outcome),
    ...(file.present ? {} : { exposureMillis }),
  };
}

/** What is known only of a file that was dealt with. */
function withOutcome(decision: FileDecision, outcome: EnforcementOutcome): FileDecision {
  if (!outcome.done) return decision;
  const { sha256, origin } = outcome;
  return {
    ...decision,
    file: { ...decision.file, ...(sha256 === undefined ? {} : { sha256 }) },
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The event that tells what was really done, which may be stricter than the verdict: a full stick ends in quarantine. */
export function outcomeEvent(action: Action, decision: FileDecision, outcome: EnforcementOutcome): EventBody {
  const { severity } = decision.verdict;
  if (!outcome.done) {
    const { code, reason } = outcome;
    return { type: 'file.enforcement-failed', severity: 'high', data: { ...decision, code, reason } };
  }
  const { storedAs, quarantineId } = outcome;
  if (storedAs !== undefined) return { type: 'file.encrypted', severity, data: { ...decision, storedAs } };
  if (quarantineId !== undefined && action === 'justify')
    return { type: 'file.held', severity, data: { ...decision, holdId: quarantineId } };
  if (quarantineId !== undefined) return { type: 'file.blocked', severity, data: { ...toldAs(action, decision), quarantineId } };
  const type = action === 'warn' ? 'file.warned' : action === 'allow' ? 'file.allowed' : 'file.recorded';
  return { type, severity, data: decision };
}

/** The rule's own words speak of what it asked for; where the medium did not take that, they would be untrue. */
function toldAs(action: Action, decision: FileDecision): FileDecision {
  return action === 'block' ? decision : { ...decision, verdict: { ...decision.verdict, message: SET_ASIDE } };
}

const SET_ASIDE: LocalizedText = {
  ja: 'このメディア上では暗号化できなかったため、ファイルは PC の隔離領域へ移しました。失われてはいません。メディアの空き容量を確かめて、管理者に相談してください。',
  en: 'The file could not be encrypted on this medium, so it was moved into the quarantine of this PC. It is not lost. Check the space on the medium and ask your administrator.',
};

function notifications(body: EventBody, decision: FileDecision): Effect[] {
  const action = NOTIFIED[body.type];
  if (action === undefined) return [];
  const { rule, message } = decision.verdict;
  return [
    {
      kind: 'notify',
      to: decision.actor.name,
      notification: {
        action,
        file: baseName(decision.file.path),
        ...(decision.volume.label === undefined ? {} : { volume: decision.volume.label }),
        ...(rule === undefined ? {} : { rule }),
        ...(message === undefined ? {} : { message }),
        ...(body.type === 'file.held' ? { holdId: body.data.holdId } : {}),
      },
    },
  ];
}

const NOTIFIED: Partial<Record<EventBody['type'], Action | 'failed'>> = {
  'file.warned': 'warn',
  'file.held': 'justify',
  'file.encrypted': 'encrypt',
  'file.blocked': 'block',
  'file.enforcement-failed': 'failed',
};

export function onFileDamaged(state: AgentState, { at, volumeId, path }: InputOf<'file.damaged'>): Step {
  const known = state.volumes[volumeId];
  if (known === undefined) return { state, effects: [] };
  const data = { volume: volumeFacts(known.volume), path };
  return { state, effects: [{ kind: 'appendEvent', at, body: { type: 'file.damaged', severity: 'medium', data } }] };
}

/** A crash came between the deed and its event: the event is written now. */
export function onFileRecovered(state: AgentState, input: InputOf<'file.recovered'>): Step {
  const { at, fileId, action, decision, outcome } = input;
  if (!outcome.done && outcome.gone) return { state, effects: [] };
  const body = outcomeEvent(action, withOutcome(decision, outcome), outcome);
  return { state, effects: [{ kind: 'appendEvent', at, body, settles: fileId }] };
}

/**
 * The medium went with these files on it, not yet dealt with: each is on record as unprotected. One that was not yet
 * looked into is judged as what it is to us, unreadable.
 */
export function filesTakenAway(state: AgentState, known: VolumeState, at: string): Effect[] {
  const { snapshot } = state;
  if (snapshot === null) return [];
  const here = Object.entries(state.files).filter(([, file]) => file.volumeId === known.volume.id);
  return here.map(([fileId, file]): Effect => {
    const unseen = {
      type: 'unknown',
      bytes: file.bytes,
      findings: [],
      persons: { from: 0, to: 0 },
      labels: [],
      unreadable: [UNSEEN],
      millis: 0,
    };
    const { action, decision } = file.decided ?? decidedNow(decide(state, snapshot, file, known, unseen));
    const body = outcomeEvent(action, decision, { done: false, code: 'DLP_VOLUME_REMOVED', reason: TAKEN_AWAY, gone: false });
    return { kind: 'appendEvent', at, body, settles: fileId };
  });
}

const UNSEEN = { reason: 'io-error' } as const;
const TAKEN_AWAY = 'The medium was removed before the file could be dealt with.';

function decidedNow(decision: FileDecision) {
  return { action: decision.verdict.action, decision };
}
