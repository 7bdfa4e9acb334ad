import type { Device } from '../contracts/device.ts';
import type { Actor, FileDecision, VolumeFacts } from '../contracts/event.ts';
import type { FileFacts } from '../contracts/file.ts';
import type { GuardChoice, GuardMode, Policy } from '../contracts/policy.ts';
import type { Action, PolicyReference } from '../contracts/verdict.ts';
import type { Volume } from '../contracts/volume.ts';

export type Treatment = 'block' | 'read-only' | 'guard' | 'allow' | 'ignore';
export type GuardState = 'starting' | 'ready' | 'failed' | 'none';

/** The policy in force with what its release adds; one decision sees exactly one of these. */
export interface PolicySnapshot {
  readonly policy: Policy;
  readonly reference: PolicyReference;
  readonly recipients: readonly string[];
}

export interface DeviceState {
  readonly device: Device;
  readonly presentAtStart: boolean;
  /** `unknown`: there before the agent, which may have denied it in an earlier run. */
  readonly access: 'denied' | 'granted' | 'unknown';
}

export interface VolumeState {
  readonly presentAtStart: boolean;
  readonly volume: Volume;
  readonly treatment: Treatment;
  readonly rule?: string;
  readonly guard: GuardState;
  /** Absent unless guarded. */
  readonly guardMode?: GuardMode;
}

/** A file between its arrival and the end of enforcement. Guards bound how many there are at a time. */
export interface FileInFlight {
  readonly volumeId: string;
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly actor: Actor;
  readonly present: boolean;
  readonly arrivedAt: string;
  /** Set once decided; then the file is being enforced. */
  readonly decided?: { readonly action: Action; readonly decision: FileDecision };
}

/** A file in quarantine that its user may free by giving a reason. */
export interface Hold {
  readonly actor: Actor;
  readonly file: FileFacts;
  /** Where it came from and goes back to. */
  readonly volume: VolumeFacts;
  readonly justification?: { readonly actor: Actor; readonly text: string };
}

export interface SessionState {
  readonly actor: Actor;
  readonly phase: 'active' | 'warned' | 'locking' | 'locked';
  /** The idle time that led to the phase. */
  readonly idleMillis: number;
  /** The last attempt to lock failed and was told of: a streak of failures is one event. */
  readonly lockFailed: boolean;
}

/** All that the agent knows. Plain data, so that it can be compared and printed. */
export interface AgentState {
  readonly host: string;
  readonly snapshot: PolicySnapshot | null;
  readonly devices: Readonly<Record<string, DeviceState>>;
  readonly volumes: Readonly<Record<string, VolumeState>>;
  /** The PC's own addresses. */
  readonly addresses: readonly string[];
  readonly files: Readonly<Record<string, FileInFlight>>;
  readonly holds: Readonly<Record<string, Hold>>;
  readonly sessions: Readonly<Record<string, SessionState>>;
  /** Sources that have said they failed, so that one broken source is one event and not one a minute. */
  readonly failedSources: readonly string[];
  readonly guardChoice: GuardChoice;
}

export function initialState(guardChoice: GuardChoice = 'watch'): AgentState {
  return {
    host: '',
    snapshot: null,
    devices: {},
    volumes: {},
    addresses: [],
    files: {},
    holds: {},
    sessions: {},
    failedSources: [],
    guardChoice,
  };
}

/** A copy of the record without one key. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _removed, ...rest } = record;
  return rest;
}
