import type { Effect } from '../contracts/effect.ts';
import type { AgentInput, InputKind, InputOf } from '../contracts/input.ts';
import { onAgentStarted, onAgentStopping, onCommandReceived, onSourceFailed } from './handlers/agent.ts';
import { onNetworkChanged } from './handlers/device-rules.ts';
import { onDeviceAttached, onDeviceDetached } from './handlers/devices.ts';
import { onFileArrived, onFileDamaged, onFileEnforced, onFileInspected, onFileRecovered } from './handlers/files.ts';
import { onFileJustified, onFileReleased, onHoldFound, onQuarantineExpired, onQuarantineRestored } from './handlers/holds.ts';
import { onPolicyApplied, onPolicyRefused } from './handlers/policy.ts';
import { onLockResult, onSessionEnded, onSessionIdle, onSessionSeen, onTimerFired } from './handlers/screen-lock.ts';
import { onGuardFailed, onGuardReady, onVolumeMounted, onVolumeUnmounted } from './handlers/volumes.ts';
import type { AgentState } from './state.ts';

export interface Step {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

type Handlers = { readonly [K in InputKind]: (state: AgentState, input: InputOf<K>) => Step };

/** Every kind of input has its one handler; a new kind does not compile without one. */
const HANDLERS: Handlers = {
  'agent.started': onAgentStarted,
  'agent.stopping': onAgentStopping,
  'policy.applied': onPolicyApplied,
  'policy.refused': onPolicyRefused,
  'device.attached': onDeviceAttached,
  'device.detached': onDeviceDetached,
  'volume.mounted': onVolumeMounted,
  'volume.unmounted': onVolumeUnmounted,
  'network.changed': onNetworkChanged,
  'source.failed': onSourceFailed,
  'guard.ready': onGuardReady,
  'guard.failed': onGuardFailed,
  'file.arrived': onFileArrived,
  'file.damaged': onFileDamaged,
  'file.inspected': onFileInspected,
  'file.enforced': onFileEnforced,
  'file.recovered': onFileRecovered,
  'hold.found': onHoldFound,
  'file.justified': onFileJustified,
  'file.released': onFileReleased,
  'quarantine.expired': onQuarantineExpired,
  'quarantine.restored': onQuarantineRestored,
  'session.seen': onSessionSeen,
  'session.ended': onSessionEnded,
  'session.idle': onSessionIdle,
  'session.lock-result': onLockResult,
  'timer.fired': onTimerFired,
  'command.received': onCommandReceived,
};

/**
 * The whole of the agent's judgement: what happened in, what to do out. Pure and total: no clock, no randomness, no IO,
 * and an input that no longer fits the state (a file of a volume already gone) changes nothing.
 */
export function step(state: AgentState, input: AgentInput): Step {
  return handle(input.kind, state, input);
}

function handle<K extends InputKind>(kind: K, state: AgentState, input: InputOf<K>): Step {
  return HANDLERS[kind](state, input);
}
