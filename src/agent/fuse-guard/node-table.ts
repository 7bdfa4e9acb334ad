import type { BigIntStats } from 'node:fs';
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

  constructor(id: number, inode: number, folder: boolean, parent: ViewNode | null, name: string) {
    this.id = id;
    this.inode = inode;
    this.folder = folder;
    this.parent = parent;
    this.name = name;
  }
}

const ROOT_ID = 1;
/** Inode numbers that are not hashes start here, above every hash. */
const FIRST_COUNTED_INODE = 2 ** 52;

/** The names the kernel knows, by their number and by their place. */
export class NodeTable {
  readonly root = new ViewNode(ROOT_ID, ROOT_ID, true, null, '');
  readonly #byId = new Map<number, ViewNode>([[ROOT_ID, this.root]]);
  readonly #byPlace = new Map<string, ViewNode>();
  readonly #inodes = new Set<number>([ROOT_ID]);
  readonly #onGone: (node: ViewNode) => void;
  #lastId = ROOT_ID;
  #lastInode = FIRST_COUNTED_INODE;

  constructor(onGone: (node: ViewNode) => void) {
    this.#onGone = onGone;
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
    parent.children += 1;
    this.#byId.set(node.id, node);
    this.#byPlace.set(place(parent, name), node);
    this.#inodes.add(node.inode);
    return node;
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
    if (old !== null) this.release(old);
  }

  /** Its name leads elsewhere from now on, or nowhere. */
  detach(node: ViewNode): void {
    if (node.detached || node.parent === null) return;
    node.detached = true;
    this.#byPlace.delete(place(node.parent, node.name));
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
    for (let each: ViewNode | null = node; each !== null && isUnused(each);) {
      const parent: ViewNode | null = each.parent;
      if (!this.#byId.delete(each.id)) return;
      this.#inodes.delete(each.inode);
      if (!each.detached && parent !== null) this.#byPlace.delete(place(parent, each.name));
      if (parent !== null) parent.children -= 1;
      this.#onGone(each);
      each = parent;
    }
  }

  #freeInode(parent: ViewNode, name: string): number {
    const hashed = hashInode(parent.inode, name);
    return this.#inodes.has(hashed) ? (this.#lastInode += 1) : hashed;
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
