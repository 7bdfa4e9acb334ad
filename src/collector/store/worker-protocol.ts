import type { Failure } from '../../contracts/errors.ts';

/** What a store's worker is started with. */
export interface WorkerOptions {
  readonly path: string;
  readonly role: 'writer' | 'reader';
}

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly input: never;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  /** The store cannot: disk, permissions, a full medium. Nothing was written. */
  | { readonly id: number; readonly failure: Failure }
  /** A fault of ours. Nothing was written. */
  | { readonly id: number; readonly fault: string };
