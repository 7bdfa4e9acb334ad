import { writeSync } from 'node:fs';
import { encodeReply } from '../../platform/linux/fuse/index.ts';

/** What a handler gives: an errno (0 for success without a body), a body, or null when the answer comes later. */
export type Answer = number | Buffer | null;

/** Answers the kernel. A request that was given up meanwhile has no reader: that is no failure. */
export function sendReply(device: number, unique: bigint, answer: number | Buffer): void {
  sendBytes(device, typeof answer === 'number' ? encodeReply(unique, answer) : encodeReply(unique, 0, answer));
}

export function sendBytes(device: number, reply: Buffer): void {
  try {
    writeSync(device, reply);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && PASSED.has(String(error.code)))) throw error;
  }
}

/** ENOENT: the caller is gone; EBADF, ENODEV, ECONNABORTED: so is the view. */
const PASSED = new Set(['ENOENT', 'EBADF', 'ENODEV', 'ECONNABORTED']);
