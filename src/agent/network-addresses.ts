import { networkInterfaces } from 'node:os';
import type { Clock } from '../core/ports.ts';

/** No event tells of it on every OS; asking takes some microseconds. */
const LOOK_MILLIS = 15_000;

/** Reports the PC's own addresses, without the loopback's, at the start and after each change. Gives what stops it. */
export function watchAddresses(clock: Clock, report: (addresses: string[]) => void, read: () => string[] = ownAddresses): () => void {
  let last: string | null = null;
  let cancel: (() => void) | null = null;
  const look = (): void => {
    const addresses = read().toSorted().slice(0, 256);
    const text = addresses.join(' ');
    if (text !== last) report(addresses);
    last = text;
    cancel = clock.after(LOOK_MILLIS, look);
  };
  look();
  return () => cancel?.();
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal }) => !internal).map(({ address }) => address.slice(0, 64)),
  );
}
