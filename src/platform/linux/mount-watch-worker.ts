import koffi from 'koffi';
import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

// The far end of mount-watch.ts: posts `ready` once it watches, then `changed` for each wake-up, until `stopFd` is written to.

const POLLIN = 0x01;
const POLLPRI = 0x02;
const ENTRY_BYTES = 8;

function stopFdOf(data: unknown): number {
  const fd: unknown = typeof data === 'object' && data !== null && 'stopFd' in data ? data.stopFd : undefined;
  if (typeof fd !== 'number') throw new TypeError('the worker needs the descriptor that stops it');
  return fd;
}

const poll = koffi.load(null).func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)');
const mountinfo = openSync('/proc/self/mountinfo', 'r');

// Two entries of struct pollfd { int fd; short events; short revents; }.
const entries = Buffer.alloc(2 * ENTRY_BYTES);
entries.writeInt32LE(mountinfo, 0);
entries.writeInt16LE(POLLPRI, 4);
entries.writeInt32LE(stopFdOf(workerData), ENTRY_BYTES);
entries.writeInt16LE(POLLIN, ENTRY_BYTES + 4);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
parentPort?.postMessage('ready');
for (;;) {
  const woken: unknown = poll(entries, 2, -1);
  if (entries.readInt16LE(ENTRY_BYTES + 6) !== 0) break;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
  if (typeof woken === 'number' && woken > 0) parentPort?.postMessage('changed');
}
closeSync(mountinfo);
