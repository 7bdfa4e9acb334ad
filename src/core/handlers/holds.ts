import type { Effect } from '../../contracts/effect.ts';
import type { VolumeFacts } from '../../contracts/event.ts';
import type { LocalizedText } from '../../contracts/ids.ts';
import type { InputOf } from '../../contracts/input.ts';
import { baseName } from '../display-name.ts';
import { type AgentState, type Hold, without } from '../state.ts';
import type { Step } from '../step.ts';

export function onHoldFound(state: AgentState, input: InputOf<'hold.found'>): Step {
  const { holdId, actor, file, volume } = input;
  return { state: withHold(state, holdId, { actor, file, volume }), effects: [] };
}

export function onFileJustified(state: AgentState, input: InputOf<'file.justified'>): Step {
  const hold = state.holds[input.holdId];
  if (hold === undefined) return { state, effects: [] };
  const volumeId = mounted(state, hold.volume);
  if (volumeId === null) return { state, effects: [cannotRelease(hold, INSERT_AGAIN)] };
  const justification = { actor: input.actor, text: input.justification };
  return {
    state: withHold(state, input.holdId, { ...hold, justification }),
    effects: [{ kind: 'releaseFile', holdId: input.holdId, volumeId }],
  };
}

export function onFileReleased(state: AgentState, input: InputOf<'file.released'>): Step {
  const hold = state.holds[input.holdId];
  if (hold?.justification === undefined) return { state, effects: [] };
  if (!input.ok) {
    const { justification: _unused, ...still } = hold;
    return { state: withHold(state, input.holdId, still), effects: [cannotRelease(hold, TRY_AGAIN)] };
  }
  const { actor, text } = hold.justification;
  const data = { quarantineId: input.holdId, actor, justification: text, file: hold.file };
  return {
    state: { ...state, holds: without(state.holds, input.holdId) },
    effects: [{ kind: 'appendEvent', at: input.at, body: { type: 'file.released', severity: 'medium', data } }],
  };
}

export function onQuarantineExpired(state: AgentState, input: InputOf<'quarantine.expired'>): Step {
  const { at, quarantineId, file } = input;
  return {
    state: { ...state, holds: without(state.holds, quarantineId) },
    effects: [{ kind: 'appendEvent', at, body: { type: 'quarantine.expired', severity: 'low', data: { quarantineId, file } } }],
  };
}

export function onQuarantineRestored(state: AgentState, input: InputOf<'quarantine.restored'>): Step {
  const { at, quarantineId, actor, file } = input;
  return {
    state,
    effects: [{ kind: 'appendEvent', at, body: { type: 'quarantine.restored', severity: 'medium', data: { quarantineId, actor, file } } }],
  };
}

/** The medium the file came from, if it is guarded now: by its filesystem's own id, which survives a change of port. */
function mounted(state: AgentState, facts: VolumeFacts): string | null {
  const same = Object.values(state.volumes).find(
    ({ volume, guard }) => guard === 'ready' && (facts.uuid === undefined ? volume.id === facts.id : volume.uuid === facts.uuid),
  );
  return same?.volume.id ?? null;
}

function cannotRelease(hold: Hold, message: LocalizedText): Effect {
  return { kind: 'notify', to: hold.actor.name, notification: { action: 'failed', file: baseName(hold.file.path), message } };
}

const INSERT_AGAIN: LocalizedText = {
  ja: 'ファイルは隔離されたまま残っています。元のメディアを挿し直してから、もう一度理由を入力してください。',
  en: 'The file is still kept safe. Insert the medium it came from, then give the reason again.',
};
const TRY_AGAIN: LocalizedText = {
  ja: 'ファイルをメディアへ戻せませんでした。隔離されたまま残っています。空き容量を確かめて、もう一度お試しください。',
  en: 'The file could not be put back on the medium and is still kept safe. Check its free space and try again.',
};

function withHold(state: AgentState, holdId: string, hold: Hold): AgentState {
  return { ...state, holds: { ...state.holds, [holdId]: hold } };
}
