import type { Device } from '../contracts/device.ts';
import type { Failure } from '../contracts/errors.ts';
import type { Actor, AgentEvent, EventBody, FileDecision } from '../contracts/event.ts';
import type { Inspection, InspectionLimits } from '../contracts/finding.ts';
import type { OwnData } from '../contracts/effect.ts';
import type { EnforcementOutcome } from '../contracts/input.ts';
import type { Result } from '../contracts/result.ts';
import type { Action } from '../contracts/verdict.ts';
import type { Volume } from '../contracts/volume.ts';

/** Time as an argument. `now` is milliseconds since the epoch; `after` returns a cancel function. */
export interface Clock {
  now(): number;
  after(millis: number, run: () => void): () => void;
}

export type DeviceChange =
  | { readonly kind: 'attached'; readonly device: Device; readonly presentAtStart: boolean }
  | { readonly kind: 'detached'; readonly deviceId: string };

/** Hardware coming and going. Real: src/platform; simulated: test/fakes/fake-usb.ts. */
export interface DeviceSource {
  /** Reports what is present first, then changes. Fails with DLP_USB_UNAVAILABLE where the OS shows no bus. */
  start(report: (change: DeviceChange) => void): Promise<Result<void, Failure>>;
  stop(): Promise<void>;
}

export type VolumeChange =
  | { readonly kind: 'mounted'; readonly volume: Volume }
  | { readonly kind: 'unmounted'; readonly volumeId: string };

/** Mounted volumes that are not the system's own. Every mounted one is reported; policy decides which are removable. */
export interface VolumeSource {
  start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>>;
  /** Looks again now and reports differences. */
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

export type SessionChange =
  | { readonly kind: 'seen'; readonly session: string; readonly actor: Actor }
  | { readonly kind: 'ended'; readonly session: string };

/** Login sessions with a screen. */
export interface SessionControl {
  start(report: (change: SessionChange) => void): Promise<Result<void, Failure>>;
  readIdle(session: string): Promise<Result<{ idleMillis: number; locked: boolean }, Failure>>;
  lock(session: string): Promise<Result<void, Failure>>;
  stop(): Promise<void>;
}

/** What tells one state of a file from another. Times in nanoseconds since the epoch. */
export interface FileStamp {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

export interface InspectionRequest {
  /** Absolute path as the OS has it: bytes, since names need not be UTF-8. */
  readonly path: Uint8Array;
  /** Shown name; extensions are hints for messages only, never for the type. */
  readonly name: string;
  readonly limits: InspectionLimits;
  /** Compared by identity: the same object for the same policy is prepared once. */
  readonly ownData: OwnData;
}

/** Looks into one file. Never rejects and never hangs: what goes wrong is an `unreadable` of the result. */
export interface Inspector {
  /** With a stamp: null when the path leads to anything but that file in that state, so that no verdict is given on another. */
  inspect(request: InspectionRequest & { readonly stamp: FileStamp }): Promise<Inspection | null>;
  inspect(request: InspectionRequest): Promise<Inspection>;
  close(): Promise<void>;
}

/** A file that has settled on a guarded volume. */
export interface FileArrival {
  /** The guard's own handle; means nothing outside it. Unique within the agent's run. */
  readonly fileId: string;
  /** Shown text, relative to the volume. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly actor: Actor;
  readonly present: boolean;
}

export interface EnforcementOrder {
  readonly action: Action;
  readonly recipients: readonly string[];
  readonly decision: FileDecision;
}

/** What stands between a volume and its user. Two kinds: `watch` (after the fact) and `fuse` (before). */
export interface Guard {
  readonly mode: 'watch' | 'fuse';
  /** Resolves once files are seen; recovers first what a crash left half done. */
  start(report: (arrival: FileArrival) => void): Promise<Result<void, Failure>>;
  /** Where the bytes to inspect are and which state of the file they are, or null when it is gone. */
  source(fileId: string): { readonly path: Uint8Array; readonly stamp: FileStamp } | null;
  /** What was inspected was not the file that arrived: it is to be looked at again. */
  again(fileId: string): void;
  /** Carries out the verdict on exactly the bytes that were inspected; if they changed since, reports `gone`. */
  enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome>;
  /** Puts a held file back on this volume; it does not come back as an arrival. Gives its shown path. */
  release(quarantineId: string): Promise<Result<string, Failure>>;
  /** Outcomes of enforcements, of earlier runs too, that nobody has called settled. */
  outcomes(): ReadonlyMap<string, EnforcementOutcome>;
  /** The event of this enforcement is in the chain: its outcome may be forgotten. */
  settled(fileId: string): void;
  stop(): Promise<void>;
}

/** A decision about to be carried out, kept until its event is in the chain. */
export interface Intent {
  readonly fileId: string;
  readonly action: Action;
  readonly decision: FileDecision;
}

/** The agent's durable, hash-chained event queue. Synchronous: an event that `append` returned survives kill -9. */
export interface Spool {
  append(at: string, body: EventBody, settles?: string): AgentEvent;
  addIntent(intent: Intent): void;
  /** The decision came to nothing: its file was gone or had changed. */
  dropIntent(fileId: string): void;
  intents(): Intent[];
  close(): void;
}

/** The spool as the sync client sees it. */
export interface SpoolReader {
  /** Events not yet acknowledged, in order of sequence, from the first behind `after`; at most `limit`. */
  pending(after: number, limit: number): AgentEvent[];
  /** The newest event of the chain, or null while there is none. */
  head(): { readonly sequence: number; readonly hash: string } | null;
  /** The collector holds every event up to and with this sequence. Going back is no change. */
  acknowledge(through: number): void;
  /** How many events wait for the collector. */
  count(): number;
  /** Calls the listener after each append; returns how to stop. */
  onAppend(listener: () => void): () => void;
}
