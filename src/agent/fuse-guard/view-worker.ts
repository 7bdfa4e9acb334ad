import { readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { decodeRequest, loadSystemCalls, REQUEST_BYTES } from '../../platform/linux/fuse/index.ts';
import { Journal } from '../guard/journal.ts';
import type { FromView, ToView, ViewStart } from './messages.ts';
import { View } from './view.ts';

/** poll(2) passes over it. */
const NOTHING = -1;
const LOOK_AGAIN_MILLIS = 200;
const VIEW_NICENESS = -10;
/** ENOENT: the request was given up before it was read. */
const PASSING = new Set(['ENOENT', 'EINTR', 'EAGAIN']);

/** The view thread: never returns to its event loop, so that nothing but these two sources is served. */
function serve(start: ViewStart): void {
  const port = parentPort;
  if (port === null) throw new TypeError('the view runs in a thread');
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  const post = (message: FromView): void => port.postMessage(message);
  const calls = loadSystemCalls();
  const journal = new Journal(start.journal, { now: () => Date.now() });
  const view = new View(start, calls, (sha256) => journal.knowsCiphertext(sha256), post);
  if (start.resumed !== null) view.resume(start.resumed.passthrough);
  const buffer = Buffer.allocUnsafeSlow(REQUEST_BYTES);
  const counter = Buffer.alloc(8);

  /** False once it is to end. */
  function takeMessages(): boolean {
    readSync(start.wake, counter, 0, counter.length, null);
    for (const message of [...messagesOn(start.files), ...messagesOn(port ?? never())]) {
      if (message.kind === 'end') return false;
      view.receive(message);
    }
    return true;
  }

  /** False once the kernel has nothing more to ask. */
  function takeRequest(): boolean {
    let length: number;
    try {
      length = readSync(start.device, buffer, 0, buffer.length, null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (PASSING.has(code)) return true;
      if (code === 'ENODEV' || code === 'ECONNABORTED') return false;
      throw error;
    }
    const request = decodeRequest(buffer, length);
    if (request !== null) view.handle(request);
    return true;
  }

  function loop(): void {
    let device = start.device;
    for (;;) {
      const [asked, told] = calls.wait([device, start.wake], view.watching ? LOOK_AGAIN_MILLIS : -1);
      if (view.watching) view.lookAgain();
      if (told && !takeMessages()) return;
      if (!asked || takeRequest()) continue;
      post({ kind: 'unmounted' });
      device = NOTHING;
    }
  }

  loop();
  view.close();
  start.files.close();
  journal.close();
  post({ kind: 'ended' });
}

/** Everybody waits for this thread, and inspections in other threads take every processor there is. On Linux this is of one thread. */
function beforeInspections(): void {
  try {
    setPriority(VIEW_NICENESS);
  } catch {
    // Without CAP_SYS_NICE it takes its turn.
  }
}

function* messagesOn(port: MessagePort): Generator<ToView> {
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) yield received.message;
}

function never(): never {
  throw new TypeError('the port is gone');
}

beforeInspections();
serve(workerData);
