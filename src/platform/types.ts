import type { Socket } from 'node:net';
import type { Device } from '../contracts/device.ts';
import type { Failure } from '../contracts/errors.ts';
import type { Actor } from '../contracts/event.ts';
import type { Result } from '../contracts/result.ts';
import type { Volume } from '../contracts/volume.ts';
import type { DeviceSource, SessionControl, VolumeSource } from '../core/ports.ts';
import type { TraySessions } from './tray-sessions.ts';

export interface PlatformPaths {
  /** Policy, keys, spool, quarantine: for the agent's account alone. */
  readonly agentState: string;
  readonly collectorState: string;
  /** The organisation's signing and recovery keys, on the machine where they are kept. */
  readonly orgState: string;
  /** Unix socket or named pipe of the agent (docs/spec/ipc.md section 1). */
  readonly ipcEndpoint: string;
  /** Where the installed service listens, whoever asks. */
  readonly serviceEndpoint: string;
}

/** Who is at the other end of a local connection, as the kernel says; never as the peer says. */
export interface PeerIdentity {
  /** POSIX user id; absent on Windows. */
  readonly uid?: number;
  /** Windows security identifier; absent elsewhere. */
  readonly sid?: string;
  /** Process that connected; 0 where the OS does not tell. */
  readonly pid: number;
  /** The account's name as the OS has it. */
  readonly name: string;
  /** Root or an administrator. */
  readonly admin: boolean;
}

/** What this OS, or this mode of the agent on it, cannot enforce. docs/platforms.md section 5 says each in words. */
export const PLATFORM_GAPS = [
  'not-privileged',
  'view-unavailable',
  'usb-unavailable',
  'volume-deny-unavailable',
  'block-is-after-mount',
  'other-mount-namespaces',
  'raw-device-writes',
  'media-transfer-devices',
  'session-needs-tray',
  'session-bus-missing',
  'x11-idle-missing',
  'wayland-idle-coarse',
  'peer-identity-unknown',
  'owner-unknown',
] as const;
export type PlatformGap = (typeof PLATFORM_GAPS)[number];

export interface TemporaryMount {
  readonly unmount: () => Promise<Result<void, Failure>>;
}

/** A medium under a view: what lies at its own places is read-only, the writable mount is out of sight. */
export interface CoveredVolume {
  /** Where it is mounted for its guard alone. */
  readonly medium: string;
  /** The filesystem itself is, whatever is mounted how. */
  readonly readOnly: boolean;
  /** Ends the mount out of sight; of a medium that was pulled, every other too. At its places the medium stays read-only. */
  letGo(): Promise<void>;
}

/** Everything the agent needs of the OS below it. One instance a process, from `loadPlatform()`. */
export interface Platform {
  readonly os: 'linux' | 'win32' | 'darwin';
  /** For people: `Debian 12, Linux 6.1.0`. */
  readonly description: string;
  /** Whether this process may do what only root or an administrator may. */
  readonly privileged: boolean;
  readonly paths: PlatformPaths;
  devices(): DeviceSource;
  volumes(): VolumeSource;
  /** Sessions as the OS shows them, completed by what the trays report where only the session itself can tell. */
  sessions(tray?: TraySessions): SessionControl;
  /** Who connected. Fails with DLP_IPC_PEER where the kernel does not say. */
  peerOf(socket: Socket): Result<PeerIdentity, Failure>;
  /** The owner of a file, by the id that stat gives. */
  actorOf(uid: number): Actor;
  /** Takes a volume away (`block`) or makes it unwritable, wherever it is mounted. DLP_VOLUME_BUSY, DLP_VOLUME_DENY. */
  denyVolume(volume: Volume, treatment: 'block' | 'read-only'): Promise<Result<void, Failure>>;
  /** Makes writable again what `denyVolume` made read-only. */
  readonly admitVolume?: (volume: Volume) => Promise<Result<void, Failure>>;
  /**
   * Prepares a volume for a view at its mount point. `folder` is for root alone. `viewWaits`: a view of an earlier agent
   * stands there and waits for this one; whoever asks it anything waits too. Absent where no view can be.
   * DLP_VOLUME_BUSY while a program writes to the volume; DLP_GUARD_START.
   */
  readonly coverVolume?: (volume: Volume, folder: string, viewWaits: boolean) => Promise<Result<CoveredVolume, Failure>>;
  /**
   * Takes away what an agent that was killed left: mounts in `folder`, and views but for those that wait for this agent, by
   * their places. Before volumes are looked at.
   */
  readonly clearCovers?: (folder: string, waiting: readonly string[]) => Promise<void>;
  /** Takes a device out of use at its bus, or gives it back; never its keyboard or mouse. Absent where the OS has no such thing. */
  readonly setDeviceAccess?: (device: Device, access: 'denied' | 'granted') => Promise<Result<void, Failure>>;
  /**
   * For one guard in the foreground: mounts a device, an image or a folder. At the caller's own place, what is mounted
   * there is taken away first: a run that was killed left it. DLP_GUARD_START where the OS or the rights do not allow it.
   */
  mountTemporarily(source: string, at: string, place?: 'own' | 'shared'): Promise<Result<TemporaryMount, Failure>>;
  gaps(): PlatformGap[];
}
