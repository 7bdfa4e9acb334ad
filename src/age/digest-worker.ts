import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { DigestRequest, DigestReply } from './digest.ts';

/** Hashes the slices it is sent, in order, and answers each with null, the last request with the digest. */
const hash = createHash('sha256');
parentPort?.on('message', (slice: DigestRequest) => {
  if (slice !== null) hash.update(new Uint8Array(slice.memory, slice.offset, slice.length));
  const reply: DigestReply = slice === null ? hash.digest('hex') : null;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(reply);
});
