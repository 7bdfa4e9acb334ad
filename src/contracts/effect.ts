import type { Device } from './device.ts';
import type { EventBody, FileDecision } from './event.ts';
import type { InspectionLimits } from './finding.ts';
import type { Notification } from './ipc.ts';
import type { CustomPattern, OwnDataIndex } from './policy.ts';
import type { Action } from './verdict.ts';
import type { Volume } from './volume.ts';

/** Own keywords of a policy, reported as `custom.<id>`. */
export interface KeywordList {
  readonly id: string;
  readonly words: readonly string[];
  readonly 'whole-words'?: boolean;
}

/** What an organisation calls its own, as its policy names it; all of it is reported as `custom.<id>`. */
export interface OwnData {
  readonly keywords: readonly KeywordList[];
  readonly patterns: readonly CustomPattern[];
  readonly indexes: readonly OwnDataIndex[];
}

/** A notification without its id and time, which the effect runner gives. */
export type NotificationDraft = Omit<Notification, 'id' | 'time'>;

/** What core asks the outside to do: plain data, in order. Results come back as inputs. */
export type Effect =
  /** Write to the spool. `settles` names the file whose intent this event closes, in the same transaction. */
  | { readonly kind: 'appendEvent'; readonly at: string; readonly body: EventBody; readonly settles?: string }
  | { readonly kind: 'startGuard'; readonly volume: Volume; readonly mode: 'watch' | 'fuse'; readonly inspectPresent: boolean }
  | { readonly kind: 'stopGuard'; readonly volumeId: string }
  | { readonly kind: 'denyVolume'; readonly volume: Volume; readonly treatment: 'block' | 'read-only' }
  /** Makes writable again what was made read-only. */
  | { readonly kind: 'admitVolume'; readonly volume: Volume }
  /** Takes a device out of use at its bus, or gives it back. */
  | { readonly kind: 'setDeviceAccess'; readonly device: Device; readonly access: 'denied' | 'granted' }
  | {
      readonly kind: 'inspectFile';
      readonly volumeId: string;
      readonly fileId: string;
      readonly limits: InspectionLimits;
      readonly ownData: OwnData;
    }
  /** `decision` is spooled as an intent before the file is touched, so that a crash can be told truly afterwards. */
  | {
      readonly kind: 'enforceFile';
      readonly volumeId: string;
      readonly fileId: string;
      readonly action: Action;
      readonly recipients: readonly string[];
      readonly decision: FileDecision;
    }
  | { readonly kind: 'releaseFile'; readonly holdId: string; readonly volumeId: string }
  /** `to`: the account it concerns, null for whoever is there. */
  | { readonly kind: 'notify'; readonly to: string | null; readonly notification: NotificationDraft }
  | { readonly kind: 'readIdle'; readonly session: string }
  | { readonly kind: 'warnScreenLock'; readonly session: string; readonly inMillis: number }
  | { readonly kind: 'lockScreen'; readonly session: string }
  /** One timer a name: setting it again moves it. */
  | { readonly kind: 'setTimer'; readonly timer: string; readonly millis: number }
  | { readonly kind: 'clearTimer'; readonly timer: string }
  | { readonly kind: 'fetchPolicy' }
  | { readonly kind: 'rescanVolumes' }
  | { readonly kind: 'reportCommand'; readonly id: string; readonly ok: boolean; readonly detail?: string };
