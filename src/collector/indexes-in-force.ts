import { reopenRelease } from '../policy/index.ts';
import { valueOf } from './failure-error.ts';
import type { Store } from './store/store.ts';

/** SHA-256 of each index that the release handed out now names. */
export async function indexesInForce(store: Store, policyPublicKey: string): Promise<string[]> {
  const current = await store.read('currentRelease', null);
  if (current === null) return [];
  const { policy } = valueOf(reopenRelease(current.envelope, policyPublicKey));
  return policy['own-data'].map(({ sha256 }) => sha256);
}
