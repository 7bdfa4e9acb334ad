import type { MessagePort } from 'node:worker_threads';
import type { Failure } from '../../contracts/errors.ts';
import type { Result } from '../../contracts/result.ts';
import type { ProcessFacts } from '../../platform/linux/fuse/index.ts';
import type { Exchanged, ExchangeOrder } from '../guard/exchange.ts';
import type { Looks } from './looks.ts';

/** What the agent thread, the view thread and the file thread say to each other. Descriptors are numbers: all are one process. */

/** How the view thread begins. */
export interface ViewStart {
  /** Of /dev/fuse, mounted already. */
  readonly device: number;
  /** An eventfd that is written to after each message for the view thread. */
  readonly wake: number;
  /** To the file thread. */
  readonly files: MessagePort;
  /** The private mount's root. */
  readonly root: number;
  /** Folder for staged files. */
  readonly staging: string;
  /** Where the journal with the known ciphertexts lies. */
  readonly journal: string;
  /** Of `TemporaryIds`. */
  readonly mark: string;
  readonly identities: readonly string[];
  readonly readOnly: boolean;
  /** Whether to use passthrough where the kernel has it. */
  readonly passthrough: boolean;
  /** Memory of `KeptNames`. */
  readonly names: number;
  /** How many agents the view had before this one. */
  readonly generation: number;
  /** The view was begun by an earlier agent, and this was agreed with the kernel. */
  readonly resumed: { readonly passthrough: boolean } | null;
}

/** A staged file whose present state is to be judged: view thread to file thread. */
export interface SubmitMessage {
  readonly kind: 'submit';
  readonly stage: number;
  /** On the medium, its logical names, `/` between parts. */
  readonly path: Uint8Array;
  readonly file: string;
  /** That came through the view thread. */
  readonly writes: number;
  readonly uid: number;
  /** Seen of whoever opened it for writing last. */
  readonly writer: ProcessFacts;
  /** Somebody may write without any time telling of it. */
  readonly mutable: boolean;
}

/** The state that was taken hold of: file thread to agent thread. */
export interface JudgeMessage {
  readonly kind: 'judge';
  readonly stage: number;
  readonly path: Uint8Array;
  /** Where the bytes to judge are, on the host. */
  readonly file: string;
  /** Names the state; comes back in `settled`. */
  readonly version: string;
  readonly uid: number;
  readonly writer: ProcessFacts;
  readonly mutable: boolean;
  readonly looks: Looks;
  /** `file` is a copy out of every program's reach, and the file thread has its bytes. */
  readonly held: boolean;
}

export interface StoreMessage {
  readonly kind: 'store';
  readonly stage: number;
  /** Of the held state, as its `JudgeMessage` named it. */
  readonly file: string;
  readonly temporaryId: string;
  readonly form: Form;
  readonly recipients: readonly string[];
}

export interface StoredFacts {
  /** Of the plaintext, in hex. */
  readonly sha256: string;
  readonly storedBytes: number;
  /** Null for a plain file. */
  readonly headerSha256: string | null;
}

/** Agent thread to file thread. */
export type ToFiles =
  /** Writes a temporary file of what is held; a plain one is placed at once. */
  | StoreMessage
  /** Places the temporary file. */
  | { readonly kind: 'finish'; readonly stage: number; readonly temporaryId: string; readonly form: Form }
  /** The judgement of the held `file` is over. The next state of the stage may be held already: it comes by another way. */
  | { readonly kind: 'drop'; readonly stage: number; readonly file: string }
  | { readonly kind: 'end' };

/** File thread to agent thread. */
export type FromFiles =
  | JudgeMessage
  | { readonly kind: 'judgeFailed'; readonly stage: number; readonly errno: number }
  | { readonly kind: 'stored'; readonly stage: number; readonly result: Result<StoredFacts, Failure> }
  | { readonly kind: 'finished'; readonly stage: number; readonly result: PlacedMessage['result'] }
  | { readonly kind: 'synced'; readonly stage: number; readonly errno: number };

/** Has the view thread give a temporary file its name. */
export interface PlaceMessage {
  readonly kind: 'place';
  readonly stage: number;
  readonly temporaryId: string;
  readonly form: Form;
  /** Its bytes are durable: it may take the place of another file. */
  readonly synced: boolean;
  /** Who asks: the file thread, or the agent thread. */
  readonly byFiles: boolean;
}

export interface PlacedMessage {
  readonly kind: 'placed';
  readonly stage: number;
  readonly result:
    | {
        readonly ok: true;
        /** Of the file on the medium, `/` between parts. */
        readonly path: Uint8Array;
        /** The folder, open for syncing; whoever asked closes it. */
        readonly folder: number;
        /** The older plain form waits under the temporary id's `.erase`. */
        readonly erase: boolean;
      }
    /** `gone`: nobody wants it any more. `unsynced`: another file would be lost if this one were not durable. */
    | { readonly ok: false; readonly errno: number; readonly gone: boolean; readonly unsynced?: boolean };
}

export type FromView =
  /** `resend`: the kernel can be asked for what an agent left unanswered. */
  | { readonly kind: 'ready'; readonly passthrough: boolean; readonly resend: boolean }
  /** Was open for writing when the agent before this one ended: what was not judged by then is nowhere any more. */
  | { readonly kind: 'lost'; readonly path: Uint8Array }
  | PlacedMessage
  | { readonly kind: 'exchanged'; readonly exchange: number; readonly result: Exchanged }
  /** Copy stored bytes into a staged file. The agent thread closes `source`. */
  | { readonly kind: 'fill'; readonly stage: number; readonly source: number; readonly age: boolean; readonly file: string }
  /** Answer the request when the descriptor is synced; close it first if it was opened for that. */
  | { readonly kind: 'sync'; readonly unique: bigint; readonly descriptor: number; readonly close: boolean }
  /** Whether the bytes are those last judged, or filled in from the medium. */
  | { readonly kind: 'compare'; readonly stage: number; readonly file: string }
  /** Close the descriptor, the last of a file without a name, or of one that has lost its name: freeing a large one takes long. */
  | { readonly kind: 'discard'; readonly descriptor: number; readonly file: string | null }
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
  | PlaceMessage
  /** The names of a file that was on the medium before the view. */
  | { readonly kind: 'exchange'; readonly exchange: number; readonly order: ExchangeOrder }
  /** `refused`: its new bytes are not to be seen again. Without a version its state of now is as good as judged. */
  | { readonly kind: 'settled'; readonly stage: number; readonly version: string | null; readonly errno: number; readonly refused: boolean }
  /** Judge all that is open and dirty, as at close; `drained` answers. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'end' };

/** How a file lies on the medium. */
export type Form = 'plain' | 'age';
