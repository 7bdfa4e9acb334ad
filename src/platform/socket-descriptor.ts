import type { Socket } from 'node:net';

/**
 * The descriptor below a connected socket. Node has no public way to it: this reads a private field, and answers null the
 * day that field is gone, so that callers refuse the peer rather than guess.
 */
export function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : null;
  return typeof fd === 'number' && Number.isInteger(fd) && fd >= 0 ? fd : null;
}
