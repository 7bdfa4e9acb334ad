import type { BigIntStats } from 'node:fs';
import type { KeptAs, KeptName, KeptNames } from './kept-names.ts';
import type { Form } from './messages.ts';
import type { Stage } from './stage.ts';

/** A file as it lies on the medium. */
export interface Stored {
  readonly physical: string;
  readonly form: Form;
}

/** A plain file of the medium that programs read by passthrough: the kernel allows one backing an inode. */
export interface LowerFile {
  readonly descriptor: number;
  readonly backing: number;
  handles: number;
}

/** A name of the view that the kernel knows. Names are bytes, one latin1 character each. */
export class ViewNode {
  readonly id: number;
  readonly inode: number;
  readonly folder: boolean;
  parent: ViewNode | null;
  name: string;
  /** How often the kernel was told of it and has not forgotten. */
  lookups = 0;
  children = 0;
  stored: Stored | null = null;
  stage: Stage | null = null;
  lower: LowerFile | null = null;
  /** No name leads to it any more. */
  detached = false;
  /** State of the file whose pages the kernel may still have. */
  cached = '';
  /** For the next agent, when this one is killed. */
  kept: KeptAs | null = null;

  constructor(id: number, inode: number, folder: boolean, parent: ViewNode | null, name: string) {
    this.id = id;
    this.inode = inode;
    this.folder = folder;
    this.parent = parent;
    this.name = name;
  }
}

const ROOT_ID = 1;
/** Numbers of nodes and handles that one agent may give out: the next agent's are others. */
export const GENERATION = 2 ** 40;
/** Inode numbers that are not hashes start here, above every hash. */
const FIRST_COUNTED_INODE = 2 ** 52;

/** The names the kernel knows, by their number and by their place. */
export class NodeTable {
  readonly root = new ViewNode(ROOT_ID, ROOT_ID, true, null, '');
  readonly #byId = new Map<number, ViewNode>([[ROOT_ID, this.root]]);
  readonly #byPlace = new Map<string, ViewNode>();
  readonly #inodes = new Set<number>([ROOT_ID]);
  readonly #onGone: (node: ViewNode) => void;
  readonly #names: KeptNames | null;
  #lastId: number;
  #lastInode = FIRST_COUNTED_INODE;

  constructor(onGone: (node: ViewNode) => void, names: KeptNames | null = null, generation = 0) {
    this.#onGone = onGone;
    this.#names = names;
    this.#lastId = generation * GENERATION + ROOT_ID;
  }

  get(id: number): ViewNode | undefined {
    return this.#byId.get(id);
  }

  child(parent: ViewNode, name: string): ViewNode | undefined {
    return this.#byPlace.get(place(parent, name));
  }

  /** The node at this place, a new one if there is none or the one there is of the other kind. */
  at(parent: ViewNode, name: string, folder: boolean): ViewNode {
    const known = this.child(parent, name);
    if (known !== undefined && known.folder === folder) return known;
    if (known !== undefined) this.detach(known);
    const node = new ViewNode((this.#lastId += 1), this.#freeInode(parent, name), folder, parent, name);
    this.#add(node, parent);
    if (folder) this.#names?.keep(node, 'folder');
    return node;
  }

  /** Folders that an earlier agent told the kernel of; one whose way up is lost stays unknown. */
  restore(names: readonly KeptName[], slots: ReadonlyMap<number, number>): void {
    const waiting = new Map(names.filter(({ kind }) => kind === 'folder').map((kept) => [kept.id, kept]));
    for (const kept of waiting.values()) this.#restore(kept, waiting, slots);
  }

  #restore(kept: KeptName, waiting: Map<number, KeptName>, slots: ReadonlyMap<number, number>): void {
    // Taken out first: a ring of folders ends here.
    waiting.delete(kept.id);
    const above = waiting.get(kept.parent);
    if (above !== undefined) this.#restore(above, waiting, slots);
    const parent = this.#byId.get(kept.parent);
    const slot = slots.get(kept.id);
    if (parent === undefined || slot === undefined || this.child(parent, kept.name) !== undefined) return;
    const node = new ViewNode(kept.id, kept.inode, true, parent, kept.name);
    // As often as the kernel was told of it before, which nobody knows: when it forgets, it forgets all.
    node.lookups = 1;
    node.kept = { slot, kind: 'folder', backing: 0 };
    this.#add(node, parent);
  }

  #add(node: ViewNode, parent: ViewNode): void {
    parent.children += 1;
    this.#byId.set(node.id, node);
    this.#byPlace.set(place(parent, node.name), node);
    this.#inodes.add(node.inode);
  }

  /** The inode number a name has or will get. */
  inodeAt(parent: ViewNode, name: string): number {
    return this.child(parent, name)?.inode ?? hashInode(parent.inode, name);
  }

  move(node: ViewNode, parent: ViewNode, name: string): void {
    const taken = this.child(parent, name);
    if (taken !== undefined && taken !== node) this.detach(taken);
    const old = node.parent;
    if (!node.detached && old !== null) this.#byPlace.delete(place(old, node.name));
    if (old !== null) old.children -= 1;
    parent.children += 1;
    node.parent = parent;
    node.name = name;
    node.detached = false;
    this.#byPlace.set(place(parent, name), node);
    if (node.folder || node.kept !== null) this.#names?.keep(node, node.kept?.kind ?? 'folder', node.kept?.backing);
    if (old !== null) this.release(old);
  }

  /** Its name leads elsewhere from now on, or nowhere. */
  detach(node: ViewNode): void {
    if (node.detached || node.parent === null) return;
    node.detached = true;
    this.#byPlace.delete(place(node.parent, node.name));
    if (node.folder) this.#names?.drop(node);
    // Nobody misses the bytes of a file without a name.
    else if (node.kept !== null) this.#names?.keep(node, 'read', node.kept.backing);
    this.release(node);
  }

  forget(id: number, lookups: number): void {
    const node = this.#byId.get(id);
    if (node === undefined || id === ROOT_ID) return;
    node.lookups = Math.max(0, node.lookups - lookups);
    this.release(node);
  }

  /** Lets a node go that neither the kernel, nor a staged file, nor a name below it needs. */
  release(node: ViewNode): void {
    if (!node.folder && node.stage === null && node.lower === null) this.#names?.drop(node);
    for (let each: ViewNode | null = node; each !== null && isUnused(each);) {
      const parent: ViewNode | null = each.parent;
      if (!this.#byId.delete(each.id)) return;
      this.#inodes.delete(each.inode);
      if (!each.detached && parent !== null) this.#byPlace.delete(place(parent, each.name));
      if (parent !== null) parent.children -= 1;
      this.#names?.drop(each);
      this.#onGone(each);
      each = parent;
    }
  }

  #freeInode(parent: ViewNode, name: string): number {
    const hashed = hashInode(parent.inode, name);
    if (!this.#inodes.has(hashed)) return hashed;
    while (this.#inodes.has((this.#lastInode += 1)));
    return this.#lastInode;
  }
}

const isUnused = (node: ViewNode): boolean =>
  node.id !== ROOT_ID && node.lookups === 0 && node.children === 0 && node.stage === null && node.lower === null;

const place = (parent: ViewNode, name: string): string => `${parent.id}/${name}`;

/**
 * An inode number that the same path has again after the kernel forgot it, for programs that keep such numbers (git, tar).
 * 52 bits of two multiplicative hashes (FNV-1a with two offsets).
 */
function hashInode(parent: number, name: string): number {
  let high = 0x811c_9dc5 ^ (parent % 0x1_0000_0000);
  let low = 0xc9dc_5118 ^ Math.floor(parent / 0x1_0000_0000);
  for (let index = 0; index < name.length; index += 1) {
    const code = name.codePointAt(index) ?? 0;
    high = Math.imul(high ^ code, 0x0100_0193);
    low = Math.imul(low ^ (code + index), 0x85eb_ca6b);
  }
  high ^= high >>> 15;
  low ^= low >>> 13;
  const hashed = ((high >>> 0) % 0x10_0000) * 0x1_0000_0000 + (low >>> 0);
  return hashed <= ROOT_ID ? ROOT_ID + 1 : hashed;
}

/** The state of a file of the medium, as text. */
export function stateText(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}
