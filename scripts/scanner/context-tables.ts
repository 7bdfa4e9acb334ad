import type { Choices } from './choices.ts';
import { contextLiterals } from './context-literals.ts';
import type { Placeable } from './literals.ts';
import { LiteralLists } from './literal-lists.ts';

/** Bytes of a fingerprint: words like "tel" and "fax" have no more. */
export const CONTEXT_FINGERPRINT_BYTES = 3;

/** The place of a fingerprint's nibble tables: those of ASCII, then those of all others. */
export function contextFilterOf({ bytes }: Placeable, place: number): number {
  return bytes.subarray(place, place + CONTEXT_FINGERPRINT_BYTES).every((byte) => byte < 0x80) ? 0 : 1;
}

/** Tables of the words that explain a number, as in tables.ts. */
export function buildContextTables(choices: Choices): { readonly nibbles: Uint8Array; readonly literals: Uint8Array } {
  const nibbles = [new Uint8Array(CONTEXT_FINGERPRINT_BYTES * 32), new Uint8Array(CONTEXT_FINGERPRINT_BYTES * 32)];
  const lists = new LiteralLists(CONTEXT_FINGERPRINT_BYTES, nibbles, choices, { filterOf: contextFilterOf });
  for (const literal of contextLiterals()) {
    lists.add(literal, (place) => {
      const last = place + CONTEXT_FINGERPRINT_BYTES - 1;
      return [literal.bytes.length, literal.flags, literal.groups & 0xff, literal.groups >> 8, last];
    });
  }
  return { nibbles: Buffer.concat(nibbles), literals: lists.bytes() };
}
