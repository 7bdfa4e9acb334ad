import { type BigIntStats, closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { plaintextBytes, readAgeHead } from '../../age/index.ts';
import { temporaryIdOf } from '../guard/temporary-name.ts';
import type { Form } from './messages.ts';
import { stateText, type ViewNode } from './node-table.ts';

/** An age file of ours. */
export interface AgeFacts {
  readonly headBytes: number;
  /** Null where no identity of this guard opens it. */
  readonly key: KeyObject | null;
  readonly plainBytes: number;
}

/** What lies on the medium under a logical name. */
export interface Found {
  readonly physical: string;
  readonly form: Form;
  readonly stats: BigIntStats;
  readonly age: AgeFacts | null;
}

export interface MediumOptions {
  readonly root: number;
  readonly identities: readonly string[];
  /** Whether this PC wrote the age file of this header. */
  readonly knowsHeader: (sha256: string) => boolean;
}

export const AGE_ENDING = '.age';
export const NAME_BYTES = 255;
const O_PATH = 0o10000000;
const MAX_OPEN_FOLDERS = 4096;
const MAX_KNOWN_HEADS = 20_000;
const AGE_MAGIC_BYTES = 16;
const LARGE_BYTES = 16_777_216n;

/**
 * The private mount, by logical names. Folders are held open and entries are named through them (`/proc/self/fd/N/name`),
 * so neither a deep tree nor somebody who exchanges a folder meanwhile leads anywhere else.
 */
export class Medium {
  readonly #options: MediumOptions;
  readonly #folders = new Map<ViewNode, number>();
  readonly #heads = new Map<string, AgeFacts | null>();

  constructor(options: MediumOptions) {
    this.#options = options;
  }

  /** A path for fs calls. @throws ErrnoException when a folder on the way is gone. */
  path(folder: ViewNode, physical: string): Buffer {
    return Buffer.from(`/proc/self/fd/${this.folder(folder)}/${physical}`, 'latin1');
  }

  rootPath(physical: string): Buffer {
    return Buffer.from(`/proc/self/fd/${this.#options.root}/${physical}`, 'latin1');
  }

  /** The descriptor of a folder; valid until the next call. */
  folder(node: ViewNode): number {
    if (node.parent === null) return this.#options.root;
    const open = this.#folders.get(node);
    if (open !== undefined) return open;
    const way: ViewNode[] = [];
    let above: ViewNode = node;
    while (above.parent !== null && !this.#folders.has(above)) {
      way.push(above);
      above = above.parent;
    }
    let descriptor = above.parent === null ? this.#options.root : (this.#folders.get(above) ?? this.#options.root);
    for (const each of way.toReversed()) {
      const path = Buffer.from(`/proc/self/fd/${descriptor}/${each.name}`, 'latin1');
      descriptor = openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      this.#folders.set(each, descriptor);
    }
    this.#closeOldest(descriptor);
    return descriptor;
  }

  forgetFolder(node: ViewNode): void {
    const descriptor = this.#folders.get(node);
    if (descriptor === undefined) return;
    this.#folders.delete(node);
    closeSync(descriptor);
  }

  close(): void {
    for (const descriptor of this.#folders.values()) closeSync(descriptor);
    this.#folders.clear();
  }

  /** Null when nothing of this logical name is there. docs/spec/guard.md section 2. */
  find(folder: ViewNode, name: string): Found | null {
    if (isOwnName(name)) return null;
    const stats = this.stats(folder, name);
    if (stats !== null) return { physical: name, form: 'plain', stats, age: null };
    if (name.length + AGE_ENDING.length > NAME_BYTES) return null;
    return this.findAge(folder, name);
  }

  findAge(folder: ViewNode, name: string): Found | null {
    const physical = name + AGE_ENDING;
    const stats = this.stats(folder, physical);
    const age = stats === null ? null : this.ageFacts(folder, physical, stats);
    return stats === null || age === null ? null : { physical, form: 'age', stats, age };
  }

  stats(folder: ViewNode, physical: string): BigIntStats | null {
    return lstatSync(this.path(folder, physical), { bigint: true, throwIfNoEntry: false }) ?? null;
  }

  /** Null when the file is no age file of ours. */
  ageFacts(folder: ViewNode, physical: string, stats: BigIntStats): AgeFacts | null {
    if (!stats.isFile() || stats.size < AGE_MAGIC_BYTES) return null;
    const state = stateText(stats);
    const known = this.#heads.get(state);
    if (known !== undefined) return known;
    const facts = this.#readFacts(this.path(folder, physical), Number(stats.size));
    if (this.#heads.size >= MAX_KNOWN_HEADS) this.#heads.clear();
    this.#heads.set(state, facts);
    return facts;
  }

  #readFacts(path: Buffer, bytes: number): AgeFacts | null {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const head = readAgeHead((target, position) => readSync(descriptor, target, 0, target.length, position), this.#options.identities);
      if (head === null || (head.key === null && !this.#options.knowsHeader(head.headerSha256))) return null;
      return { headBytes: head.bytes, key: head.key, plainBytes: plaintextBytes(bytes, head.bytes) };
    } finally {
      closeSync(descriptor);
    }
  }

  #closeOldest(inUse: number): void {
    for (const [node, descriptor] of this.#folders) {
      if (this.#folders.size <= MAX_OPEN_FOLDERS) return;
      if (descriptor !== inUse) this.forgetFolder(node);
    }
  }
}

/** Whether freeing the file takes long. */
export function isLarge(stats: BigIntStats | null): boolean {
  return stats !== null && stats.isFile() && stats.size > LARGE_BYTES;
}

/** A temporary name of a guard, hidden in the view. */
export function isOwnName(name: string): boolean {
  return name.startsWith('.~') && temporaryIdOf(Buffer.from(name, 'latin1')) !== null;
}
