/** What the agent thread and the view thread say to each other. Descriptors are numbers: both are one process. */

/** How the view thread begins. */
export interface ViewStart {
  /** Of /dev/fuse, mounted already. */
  readonly device: number;
  /** An eventfd the agent thread writes to after each message. */
  readonly wake: number;
  /** The private mount's root. */
  readonly root: number;
  /** Folder for staged files. */
  readonly staging: string;
  /** Where the journal with the known ciphertexts lies. */
  readonly journal: string;
  readonly identities: readonly string[];
  readonly readOnly: boolean;
  /** Whether to use passthrough where the kernel has it. */
  readonly passthrough: boolean;
}

/** One state of a staged file, to be judged. */
export interface JudgeMessage {
  readonly kind: 'judge';
  readonly stage: number;
  /** On the medium, its logical names, `/` between parts. */
  readonly path: Uint8Array;
  /** Where the bytes are, on the host. */
  readonly file: string;
  /** Names the state; comes back in `settled`. */
  readonly version: string;
  readonly uid: number;
  /** Somebody may write without any time telling of it: judge a copy. */
  readonly mutable: boolean;
}

export interface PlacedMessage {
  readonly kind: 'placed';
  readonly stage: number;
  readonly result:
    | {
        readonly ok: true;
        /** Of the file on the medium, `/` between parts. */
        readonly path: Uint8Array;
        /** The folder, open for syncing; the agent thread closes it. */
        readonly folder: number;
        /** The older plain form waits under the temporary id's `.erase`. */
        readonly erase: boolean;
      }
    /** `gone`: nobody wants it any more. */
    | { readonly ok: false; readonly errno: number; readonly gone: boolean };
}

export type FromView =
  | { readonly kind: 'ready'; readonly passthrough: boolean }
  | JudgeMessage
  | PlacedMessage
  /** Copy stored bytes into a staged file. The agent thread closes `source`. */
  | { readonly kind: 'fill'; readonly stage: number; readonly source: number; readonly age: boolean; readonly file: string }
  /** Answer the request when the descriptor is synced; close it first if it was opened for that. */
  | { readonly kind: 'sync'; readonly unique: bigint; readonly descriptor: number; readonly close: boolean }
  /** Whether the bytes are those last judged, or filled in from the medium. */
  | { readonly kind: 'compare'; readonly stage: number; readonly file: string }
  | { readonly kind: 'removePlain'; readonly temporaryId: string }
  | { readonly kind: 'damaged'; readonly path: Uint8Array }
  | { readonly kind: 'drained' }
  /** No program can ask anything any more; messages are still served. */
  | { readonly kind: 'unmounted' }
  /** The thread serves nobody any more. */
  | { readonly kind: 'ended' };

export type ToView =
  | { readonly kind: 'filled'; readonly stage: number; readonly errno: number }
  /** What was judged has changed since. */
  | { readonly kind: 'again'; readonly stage: number }
  | { readonly kind: 'compared'; readonly stage: number; readonly same: boolean }
  | { readonly kind: 'place'; readonly stage: number; readonly temporaryId: string; readonly form: Form }
  /** `refused`: its new bytes are not to be seen again. */
  | { readonly kind: 'settled'; readonly stage: number; readonly version: string; readonly errno: number; readonly refused: boolean }
  /** Judge all that is open and dirty, as at close; `drained` answers. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'end' };

/** How a file lies on the medium. */
export type Form = 'plain' | 'age';
