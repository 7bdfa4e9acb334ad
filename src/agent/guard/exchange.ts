import type { Stamp } from './stamp.ts';

/** What a volume's owner of names is asked to do between two requests of programs. */
export interface ExchangeOrder {
  /** Of the original; `/` between parts. */
  readonly path: Uint8Array;
  /** The state that was inspected: it goes to the `.erase` of the temporary id. Null: there is no original any more. */
  readonly original: Stamp | null;
  /** Somebody keeps moving its times. */
  readonly timesMayMove: boolean;
  readonly temporaryId: string;
  /** What the `.tmp` of the temporary id, in the same folder, is called from now on; null: there is none. */
  readonly target: Uint8Array | null;
}

/**
 * `changed`: the path leads to another state, or somebody reads it, who would be given zeros while it is overwritten.
 * `taken`: the target's name is. `failed`, `read-only`: nothing was changed. `ended`: nobody knows how far it came; recovery will.
 */
export type Exchanged = 'done' | 'changed' | 'taken' | 'failed' | 'read-only' | 'ended';

export type Exchange = (order: ExchangeOrder) => Promise<Exchanged>;
