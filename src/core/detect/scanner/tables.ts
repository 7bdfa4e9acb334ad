import { CLASSES_BASE64, IBAN_LENGTHS_BASE64, LITERALS_BASE64, NIBBLES_BASE64 } from './generated.ts';
import { CLASSES, IBAN_LENGTHS, KNOWN_SLOTS, LITERALS, NIBBLES, SLOT_BITS, SLOTS } from './kernel/layout.ts';
import { LITERAL_HEADER } from './kernel/literals.ts';
import { slotOf } from './kernel/memory.ts';

const FINGERPRINT_BYTES = 4;

/** Fills an engine's memory with what it looks for. */
export function loadTables(memory: Uint8Array): void {
  memory.set(fromBase64(NIBBLES_BASE64), NIBBLES);
  memory.set(fromBase64(CLASSES_BASE64), CLASSES);
  memory.set(fromBase64(IBAN_LENGTHS_BASE64), IBAN_LENGTHS);
  const literals = fromBase64(LITERALS_BASE64);
  memory.set(literals, LITERALS);
  fillSlots(memory, literals);
}

/** Open hashing with linear probing; a slot holds a fingerprint and 1 + the place of its list among the literals. */
function fillSlots(memory: Uint8Array, literals: Uint8Array): void {
  const slots = new Int32Array(memory.buffer, SLOTS, 2 << SLOT_BITS);
  const view = new DataView(literals.buffer);
  let at = 0;
  while (at < literals.length) {
    const fingerprint = view.getInt32(at, true);
    at += FINGERPRINT_BYTES;
    let slot = slotOf(fingerprint);
    memory[KNOWN_SLOTS + slot] = 1;
    while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) % (1 << SLOT_BITS);
    slots.set([fingerprint, at + 1], slot * 2);
    while (literals[at] !== 0) at += LITERAL_HEADER + (literals[at] ?? 0);
    at += 1;
  }
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
