import { CONTEXT_SLOT_BITS, SLOT_BITS } from '../kernel/layout.ts';

/** Linear memory of WebAssembly: takes the place of kernel/memory.ts in the compiled scanner. */

export function byteAt(address: i32): i32 {
  return i32(load<u8>(address));
}

export function setByte(address: i32, value: i32): void {
  store<u8>(address, u8(value));
}

export function wordAt(address: i32): i32 {
  return load<i32>(address);
}

export function setWord(address: i32, value: i32): void {
  store<i32>(address, value);
}

export function fingerprintAt(address: i32): i32 {
  return load<i32>(address) | 0x20202020;
}

export function slotOf(fingerprint: i32): i32 {
  return i32((u32(fingerprint) * 0x9e3779b1) >> (32 - SLOT_BITS));
}

export function knownBitOf(fingerprint: i32): i32 {
  return i32((u32(fingerprint) * 0x9e3779b1) >> (29 - SLOT_BITS)) & 7;
}

export function contextFingerprintAt(address: i32): i32 {
  return (load<i32>(address) & 0xffffff) | 0x202020;
}

export function contextSlotOf(fingerprint: i32): i32 {
  return i32((u32(fingerprint) * 0x9e3779b1) >> (32 - CONTEXT_SLOT_BITS));
}

export function contextKnownBitOf(fingerprint: i32): i32 {
  return i32((u32(fingerprint) * 0x9e3779b1) >> (29 - CONTEXT_SLOT_BITS)) & 7;
}
