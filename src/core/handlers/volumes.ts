import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import type { GuardMode } from '../../contracts/policy.ts';
import type { Volume } from '../../contracts/volume.ts';
import { filesTakenAway } from './files.ts';
import { decideVolume } from '../policy/decide-volume.ts';
import { volumeFacts } from '../volume-facts.ts';
import { type AgentState, type GuardState, type Treatment, type VolumeState, without } from '../state.ts';
import type { Step } from '../step.ts';
import { surroundingsOf } from '../surroundings.ts';

export function onVolumeMounted(state: AgentState, input: InputOf<'volume.mounted'>): Step {
  return treatVolume(state, input.volume, input.at, input.presentAtStart);
}

/** Applies the policy's device rules to a volume: for a new one, and again for each when the policy changes. */
export function treatVolume(state: AgentState, volume: Volume, at: string, mountedAtStart = false): Step {
  const before = state.volumes[volume.id];
  // A stick that was there is there from the start, whenever it is mounted.
  const presentAtStart = before?.presentAtStart ?? (mountedAtStart || wasPresentAtStart(state, volume));
  const { treatment, rule } = decide(state, volume, at, presentAtStart);
  const guardMode = treatment === 'guard' ? guardModeOf(state, volume) : undefined;
  if (before !== undefined && isTreatedSo(before, volume, treatment, guardMode)) {
    const next = withVolume(state, { ...before, volume, ...(rule === undefined ? {} : { rule }) });
    // Somebody made writable what was made read-only.
    const loosened = treatment === 'read-only' && before.volume.readOnly && !volume.readOnly;
    return { state: next, effects: loosened ? [{ kind: 'denyVolume', volume, treatment }] : [] };
  }
  const effects: Effect[] = before?.treatment === 'guard' ? [{ kind: 'stopGuard', volumeId: volume.id }] : [];
  if (treatment !== 'ignore' || before !== undefined) {
    const data = { volume: volumeFacts(volume), treatment, ...(guardMode === undefined ? {} : { guard: guardMode }), ...named(rule) };
    effects.push({ kind: 'appendEvent', at, body: { type: 'volume.mounted', severity: treatment === 'block' ? 'medium' : 'info', data } });
  }
  if (wasReadOnly(before) && (treatment === 'allow' || guardMode === 'watch')) effects.push({ kind: 'admitVolume', volume });
  effects.push(...treat(state, volume, treatment, rule, guardMode));
  const guard: GuardState = treatment === 'guard' ? 'starting' : 'none';
  return {
    state: withVolume(state, {
      volume,
      presentAtStart,
      treatment,
      guard,
      ...(guardMode === undefined ? {} : { guardMode }),
      ...named(rule),
    }),
    effects,
  };
}

const named = (rule: string | undefined) => (rule === undefined ? {} : { rule });

function isTreatedSo(before: VolumeState, { mountPoint }: Volume, treatment: Treatment, guardMode: GuardMode | undefined): boolean {
  return before.treatment === treatment && before.guardMode === guardMode && before.volume.mountPoint === mountPoint;
}

/** Below its view a medium is read-only to all but its guard. */
const wasReadOnly = (before: VolumeState | undefined): boolean =>
  before?.treatment === 'read-only' || before?.guardMode === 'fuse' || before?.guard === 'failed';

/** Only what lies on a device of its own can be kept behind a view: not folders, network shares and phones. */
function guardModeOf({ snapshot, guardChoice }: AgentState, volume: Volume): GuardMode {
  if (guardChoice !== 'policy') return guardChoice;
  return volume.devicePath === undefined ? 'watch' : (snapshot?.policy.volumes['guard-mode'] ?? 'fuse');
}

function decide(state: AgentState, volume: Volume, at: string, presentAtStart: boolean): { treatment: Treatment; rule?: string } {
  if (state.snapshot === null) return { treatment: 'ignore' };
  return decideVolume(state.snapshot.policy, { ...surroundingsOf(state, at, presentAtStart), volume });
}

const wasPresentAtStart = (state: AgentState, { device }: Volume): boolean =>
  device !== undefined && state.devices[device.id]?.presentAtStart === true;

function treat(
  state: AgentState,
  volume: Volume,
  treatment: Treatment,
  rule: string | undefined,
  guardMode: GuardMode | undefined,
): Effect[] {
  switch (treatment) {
    case 'guard':
      return [
        {
          kind: 'startGuard',
          volume,
          mode: guardMode ?? 'watch',
          inspectPresent: state.snapshot?.policy.volumes['inspect-present-files'] ?? true,
        },
      ];
    case 'block':
    case 'read-only':
      return [
        { kind: 'denyVolume', volume, treatment },
        {
          kind: 'notify',
          to: null,
          notification: {
            action: 'device-blocked',
            volume: volume.label ?? volume.device?.productName ?? volume.filesystem,
            ...(rule === undefined ? {} : { rule }),
          },
        },
      ];
    case 'allow':
    case 'ignore':
      return [];
  }
}

export function onVolumeUnmounted(state: AgentState, input: InputOf<'volume.unmounted'>): Step {
  const known = state.volumes[input.volumeId];
  if (known === undefined) return { state, effects: [] };
  const files = Object.fromEntries(Object.entries(state.files).filter(([, file]) => file.volumeId !== input.volumeId));
  const effects: Effect[] = known.treatment === 'guard' ? [{ kind: 'stopGuard', volumeId: input.volumeId }] : [];
  effects.push(...filesTakenAway(state, known, input.at));
  if (known.treatment !== 'ignore') {
    effects.push({
      kind: 'appendEvent',
      at: input.at,
      body: { type: 'volume.unmounted', severity: 'info', data: { volume: volumeFacts(known.volume) } },
    });
  }
  return { state: { ...state, volumes: without(state.volumes, input.volumeId), files }, effects };
}

export function onGuardReady(state: AgentState, input: InputOf<'guard.ready'>): Step {
  const known = state.volumes[input.volumeId];
  if (known === undefined || known.treatment !== 'guard') return { state, effects: [] };
  return { state: withVolume(state, { ...known, guard: 'ready' }), effects: [] };
}

/** An unguarded stick must not stay writable: what cannot be guarded is made read-only. */
export function onGuardFailed(state: AgentState, input: InputOf<'guard.failed'>): Step {
  const known = state.volumes[input.volumeId];
  if (known === undefined) return { state, effects: [] };
  const { at, code, reason } = input;
  return {
    state: withVolume(state, { ...known, guard: 'failed' }),
    effects: [
      {
        kind: 'appendEvent',
        at,
        body: { type: 'guard.failed', severity: 'high', data: { volume: volumeFacts(known.volume), code, reason } },
      },
      { kind: 'denyVolume', volume: known.volume, treatment: 'read-only' },
      { kind: 'notify', to: null, notification: { action: 'failed', volume: known.volume.label ?? known.volume.filesystem } },
    ],
  };
}

function withVolume(state: AgentState, volume: VolumeState): AgentState {
  return { ...state, volumes: { ...state.volumes, [volume.volume.id]: volume } };
}
