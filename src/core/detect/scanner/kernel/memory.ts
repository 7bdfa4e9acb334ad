import { CONTEXT_SLOT_BITS, MEMORY_BYTES, SLOT_BITS } from './layout.ts';

/**
 * Memory of the engine in plain TypeScript. The build puts assembly/memory.ts, which has the same functions, in the place
 * of this file; everything else in this folder is compiled as it stands.
 */
export const memory = new Uint8Array(MEMORY_BYTES);
const words = new Int32Array(memory.buffer);

export function byteAt(address: i32): i32 {
  return memory[address] ?? 0;
}

export function setByte(address: i32, value: i32): void {
  memory[address] = value;
}

/** `address` is a multiple of four. */
export function wordAt(address: i32): i32 {
  return words[address >> 2] ?? 0;
}

export function setWord(address: i32, value: i32): void {
  words[address >> 2] = value;
}

/** Four bytes at any address, letters in lower case: the key under which literals are kept. */
export function fingerprintAt(address: i32): i32 {
  return byteAt(address) | (byteAt(address + 1) << 8) | (byteAt(address + 2) << 16) | (byteAt(address + 3) << 24) | 0x20202020;
}

/** Fibonacci hashing (Knuth, volume 3, section 6.4). */
export function slotOf(fingerprint: i32): i32 {
  return Math.imul(fingerprint, 0x9e3779b1) >>> (32 - SLOT_BITS);
}

/** Which bit of its slot's byte in `KNOWN_SLOTS` stands for a fingerprint. */
export function knownBitOf(fingerprint: i32): i32 {
  return (Math.imul(fingerprint, 0x9e3779b1) >>> (29 - SLOT_BITS)) & 7;
}

/** The same with three bytes, for words of context. */
export function contextFingerprintAt(address: i32): i32 {
  return byteAt(address) | (byteAt(address + 1) << 8) | (byteAt(address + 2) << 16) | 0x202020;
}

export function contextSlotOf(fingerprint: i32): i32 {
  return Math.imul(fingerprint, 0x9e3779b1) >>> (32 - CONTEXT_SLOT_BITS);
}

export function contextKnownBitOf(fingerprint: i32): i32 {
  return (Math.imul(fingerprint, 0x9e3779b1) >>> (29 - CONTEXT_SLOT_BITS)) & 7;
}
