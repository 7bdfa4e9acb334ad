import type { Organisation } from '../pki/index.ts';
import type { IndexFolder } from './index-folder.ts';
import type { Signals } from './signals.ts';
import type { Store } from './store/store.ts';

/** What both halves of the API need from outside. */
export interface Dependencies {
  readonly store: Store;
  readonly organisation: Pick<Organisation, 'authority' | 'policyPublicKey' | 'groupIdentity'>;
  readonly signals: Signals;
  readonly indexes: IndexFolder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
