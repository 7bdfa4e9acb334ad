import {
  CLASSES_BASE64,
  CONTEXT_LITERALS_BASE64,
  CONTEXT_NIBBLES_BASE64,
  IBAN_LENGTHS_BASE64,
  LITERALS_BASE64,
  NIBBLES_BASE64,
  SIGNS_BASE64,
  WIDE_NIBBLES_BASE64,
} from './generated.ts';
import { CONTEXT_HEADER } from './kernel/context-hits.ts';
import {
  CLASSES,
  CONTEXT_KNOWN_SLOTS,
  CONTEXT_LITERALS,
  CONTEXT_NIBBLES,
  CONTEXT_SLOT_BITS,
  CONTEXT_SLOTS,
  IBAN_LENGTHS,
  KNOWN_SLOTS,
  LITERALS,
  NIBBLES,
  SIGNS,
  SLOT_BITS,
  SLOTS,
  WIDE_NIBBLES,
} from './kernel/layout.ts';
import { LITERAL_HEADER } from './kernel/literals.ts';
import { contextKnownBitOf, contextSlotOf, knownBitOf, slotOf } from './kernel/memory.ts';
import { loadNames } from './name-tables.ts';

const FINGERPRINT_BYTES = 4;

/** Fills an engine's memory with what it looks for. */
export function loadTables(memory: Uint8Array): void {
  memory.set(fromBase64(NIBBLES_BASE64), NIBBLES);
  memory.set(fromBase64(WIDE_NIBBLES_BASE64), WIDE_NIBBLES);
  memory.set(fromBase64(CLASSES_BASE64), CLASSES);
  memory.set(fromBase64(SIGNS_BASE64), SIGNS);
  memory.set(fromBase64(IBAN_LENGTHS_BASE64), IBAN_LENGTHS);
  memory.set(fromBase64(CONTEXT_NIBBLES_BASE64), CONTEXT_NIBBLES);
  loadLiterals(memory, fromBase64(LITERALS_BASE64), WORD_TABLE);
  loadLiterals(memory, fromBase64(CONTEXT_LITERALS_BASE64), CONTEXT_TABLE);
  loadNames(memory);
}

/** Where a hash table of literals lies, and how it is read. */
interface LiteralTable {
  readonly literals: number;
  readonly known: number;
  readonly slots: number;
  readonly bits: number;
  readonly header: number;
  readonly slotOf: (fingerprint: number) => number;
  readonly knownBitOf: (fingerprint: number) => number;
}
const WORD_TABLE: LiteralTable = {
  literals: LITERALS,
  known: KNOWN_SLOTS,
  slots: SLOTS,
  bits: SLOT_BITS,
  header: LITERAL_HEADER,
  slotOf,
  knownBitOf,
};
const CONTEXT_TABLE: LiteralTable = {
  literals: CONTEXT_LITERALS,
  known: CONTEXT_KNOWN_SLOTS,
  slots: CONTEXT_SLOTS,
  bits: CONTEXT_SLOT_BITS,
  header: CONTEXT_HEADER,
  slotOf: contextSlotOf,
  knownBitOf: contextKnownBitOf,
};

/** Open hashing with linear probing; a slot holds a fingerprint and 1 + the place of its list among the literals. */
function loadLiterals(memory: Uint8Array, literals: Uint8Array, table: LiteralTable): void {
  memory.set(literals, table.literals);
  const slots = new Int32Array(memory.buffer, table.slots, 2 << table.bits);
  const view = new DataView(literals.buffer);
  let at = 0;
  while (at < literals.length) {
    const fingerprint = view.getInt32(at, true);
    at += FINGERPRINT_BYTES;
    let slot = table.slotOf(fingerprint);
    memory[table.known + slot] = (memory[table.known + slot] ?? 0) | (1 << table.knownBitOf(fingerprint));
    while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) % (1 << table.bits);
    slots[slot * 2] = fingerprint;
    slots[slot * 2 + 1] = at + 1;
    while (literals[at] !== 0) at += table.header + (literals[at] ?? 0);
    at += 1;
  }
}

export function fromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
