import { readSync, writeSync } from 'node:fs';
import type { ViewNode } from './node-table.ts';

/** `folder`: the kernel may stand in it. `read`, `written`: an open file, by what its programs may do with it. */
export type KeptKind = 'folder' | 'read' | 'written';

export interface KeptName {
  readonly kind: KeptKind;
  readonly id: number;
  /** Number of its folder. */
  readonly parent: number;
  readonly inode: number;
  /** Of passthrough; 0 for none. */
  readonly backing: number;
  readonly name: string;
}

/** Where and how a node is kept. */
export interface KeptAs {
  readonly slot: number;
  readonly kind: KeptKind;
  readonly backing: number;
}

const KINDS: readonly (KeptKind | null)[] = [null, 'folder', 'read', 'written'];
const NAME_AT = 36;
/** A slot never lies across two pages: a write that is cut short by a kill ends between pages. */
const PAGE_BYTES = 4096;
const SLOT_BYTES = 312;
const SLOTS_PER_PAGE = Math.floor(PAGE_BYTES / SLOT_BYTES);
const FREE = Buffer.of(0);

/**
 * What the next agent must know of the nodes when this one is killed, in memory that outlives it. Folders, because programs
 * stand in them and the kernel does not look those up anew; open files, because passthrough holds on to them.
 */
export class KeptNames {
  readonly #memory: number;
  readonly #slot = Buffer.alloc(SLOT_BYTES);
  readonly #free: number[] = [];
  #slots = 0;

  constructor(memory: number) {
    this.#memory = memory;
  }

  keep(node: ViewNode, kind: KeptKind, backing = 0): void {
    const slot = node.kept?.slot ?? this.#free.pop() ?? this.#slots++;
    this.#slot.writeUInt8(KINDS.indexOf(kind), 0);
    this.#slot.writeUInt8(node.name.length, 1);
    this.#slot.writeDoubleLE(node.id, 8);
    this.#slot.writeDoubleLE(node.parent?.id ?? 0, 16);
    this.#slot.writeDoubleLE(node.inode, 24);
    this.#slot.writeUInt32LE(backing, 32);
    this.#slot.write(node.name, NAME_AT, 'latin1');
    writeSync(this.#memory, this.#slot, 0, NAME_AT + node.name.length, placeOf(slot));
    node.kept = { slot, kind, backing };
  }

  drop(node: ViewNode): void {
    if (node.kept === null) return;
    this.#letGo(node.kept.slot);
    node.kept = null;
  }

  /** What an earlier agent kept. Folders keep their slots, in `slots` by their number; those of files are free again. */
  readAll(): { readonly names: readonly KeptName[]; readonly slots: ReadonlyMap<number, number> } {
    const names: KeptName[] = [];
    const slots = new Map<number, number>();
    const page = Buffer.alloc(PAGE_BYTES);
    for (let at = 0; readSync(this.#memory, page.fill(0), 0, PAGE_BYTES, at) > 0; at += PAGE_BYTES) {
      for (let index = 0; index < SLOTS_PER_PAGE; index += 1) {
        const slot = (at / PAGE_BYTES) * SLOTS_PER_PAGE + index;
        this.#slots = slot + 1;
        const name = readSlot(page.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES));
        if (name !== null) names.push(name);
        if (name?.kind === 'folder') slots.set(name.id, slot);
        else this.#letGo(slot);
      }
    }
    return { names, slots };
  }

  #letGo(slot: number): void {
    writeSync(this.#memory, FREE, 0, 1, placeOf(slot));
    this.#free.push(slot);
  }
}

function readSlot(slot: Buffer): KeptName | null {
  const kind = KINDS[slot.readUInt8(0)] ?? null;
  if (kind === null) return null;
  return {
    kind,
    id: slot.readDoubleLE(8),
    parent: slot.readDoubleLE(16),
    inode: slot.readDoubleLE(24),
    backing: slot.readUInt32LE(32),
    name: slot.toString('latin1', NAME_AT, NAME_AT + slot.readUInt8(1)),
  };
}

const placeOf = (slot: number): number => Math.floor(slot / SLOTS_PER_PAGE) * PAGE_BYTES + (slot % SLOTS_PER_PAGE) * SLOT_BYTES;
