import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { failure, type Failure } from '../contracts/errors.ts';
import { displayName } from '../core/display-name.ts';
import { matchesAnyGlob } from '../core/policy/glob.ts';
import type { FileStamp } from '../core/ports.ts';
import { fromErrno } from '../node/errno.ts';
import { Anchor, needsAnchor } from './scan/anchor.ts';
import type { PseudoFilesystems } from './scan/filesystems.ts';
import { readNames } from './scan/folder-names.ts';

export interface WalkRoot {
  /** Absolute path as bytes, since names need not be UTF-8. */
  readonly path: Buffer;
  /** As it was typed; what lies below is shown with it. */
  readonly typed: string;
}

export interface WalkOptions {
  /** Globs (docs/spec/policy.md section 4) over the shown path and over the name alone. */
  readonly exclude?: readonly string[];
  /** Stay on the filesystem of the root. */
  readonly oneFilesystem?: boolean;
  readonly pseudoFilesystems?: PseudoFilesystems;
  /** Absolute paths of files that whoever walks is writing at the same time. */
  readonly ownFiles?: readonly string[];
  /** How many names to hold at most, over all open folders; beyond it folders are read in parts. */
  readonly mostNames?: number;
}

export interface WalkedFile {
  readonly kind: 'file';
  /** How the OS reaches it; valid until `release`. */
  readonly path: Buffer;
  readonly shown: string;
  readonly named: boolean;
  readonly bytes: number;
  readonly stamp: FileStamp;
  /** Names that lead to it. */
  readonly links: number;
  /** To be called once when the path is needed no more. */
  readonly release: () => void;
}

/** Something that is no readable file or folder. `named` tells what the caller asked for by itself. */
export interface WalkError {
  readonly kind: 'error';
  readonly shown: string;
  readonly named: boolean;
  readonly error: Failure;
}

export const LEFT_OUT_REASONS = ['excluded', 'other-filesystem', 'own-file', 'pseudo-filesystem'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface LeftOut {
  readonly kind: 'left-out';
  readonly shown: string;
  readonly reason: LeftOutReason;
  /** The pseudo filesystem's kind. */
  readonly filesystem?: string;
}

export type Walked = WalkedFile | WalkError | LeftOut;

interface Level {
  readonly folder: Buffer;
  readonly shown: string;
  readonly device: bigint;
  readonly anchor: Anchor | undefined;
  /** Whether the anchor was opened for this folder and is given back with it. */
  readonly anchored: boolean;
  names: string[];
  next: number;
  more: boolean;
}

const MOST_NAMES = 131_072;
const LEAST_NAMES = 256;

/** The files at and below a root, in order of name. Links are not followed, not even one that is named: they may lead anywhere. */
export async function* walkFiles(root: WalkRoot, options: WalkOptions = {}): AsyncGenerator<Walked> {
  const walk = new Walk(options);
  try {
    const first = await walk.enter(root);
    if (first !== undefined) yield first;
    while (walk.isUnderWay) {
      const found = await walk.next();
      if (found !== undefined) yield found;
    }
  } finally {
    walk.close();
  }
}

/** Depth first, without recursion: a tree ten thousand folders deep is a legal tree. */
class Walk {
  readonly #options: WalkOptions;
  readonly #ownFiles: ReadonlySet<string>;
  readonly #levels: Level[] = [];
  #held = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#ownFiles = new Set(options.ownFiles?.map((file) => Buffer.from(file).toString('latin1')));
  }

  get isUnderWay(): boolean {
    return this.#levels.length > 0;
  }

  enter({ path, typed }: WalkRoot): Promise<Walked | undefined> {
    return this.#visit(path, displayName(typed.replace(/(?<=.)\/+$/, '')), undefined);
  }

  /** The next thing to tell, or undefined when a folder was entered or left. */
  async next(): Promise<Walked | undefined> {
    const level = this.#levels.at(-1);
    if (level === undefined) return undefined;
    const name = level.names[level.next];
    if (name !== undefined) {
      level.next += 1;
      const separator = level.shown.endsWith('/') ? '' : '/';
      const bytes = Buffer.from(name, 'latin1');
      return await this.#visit(join(level.folder, bytes), `${level.shown}${separator}${displayName(bytes)}`, level);
    }
    if (!level.more) {
      this.#leave();
      return undefined;
    }
    const after = level.names.at(-1) ?? '';
    this.#held -= level.names.length;
    return await this.#read(level, after);
  }

  close(): void {
    while (this.#levels.length > 0) this.#leave();
  }

  async #visit(path: Buffer, shown: string, parent: Level | undefined): Promise<Walked | undefined> {
    const named = parent === undefined;
    const { exclude = [] } = this.#options;
    if (!named && exclude.length > 0 && isExcluded(exclude, shown)) return { kind: 'left-out', shown, reason: 'excluded' };
    let facts: BigIntStats;
    try {
      facts = await lstat(path, { bigint: true });
    } catch (error) {
      return { kind: 'error', shown, named, error: fromErrno(error) };
    }
    if (facts.isFile()) {
      if (this.#ownFiles.has(path.toString('latin1'))) return { kind: 'left-out', shown, reason: 'own-file' };
      return foundFile(path, shown, facts, parent);
    }
    if (facts.isDirectory()) return await this.#open(path, shown, facts.dev, parent);
    const kind = facts.isSymbolicLink() ? 'a link; links are not followed' : 'no regular file';
    return { kind: 'error', shown, named, error: failure('DLP_FILE_NOT_REGULAR', `This is ${kind}.`) };
  }

  async #open(path: Buffer, shown: string, device: bigint, parent: Level | undefined): Promise<Walked | undefined> {
    if (device !== parent?.device) {
      const filesystem = this.#options.pseudoFilesystems?.(device);
      if (filesystem !== undefined) return { kind: 'left-out', shown, reason: 'pseudo-filesystem', filesystem };
      if (parent !== undefined && this.#options.oneFilesystem === true) return { kind: 'left-out', shown, reason: 'other-filesystem' };
    }
    let anchor = parent?.anchor;
    const anchored = needsAnchor(path);
    try {
      if (anchored) anchor = new Anchor(path);
    } catch (error) {
      return { kind: 'error', shown, named: parent === undefined, error: fromErrno(error) };
    }
    const folder = anchored && anchor !== undefined ? anchor.path : path;
    const level: Level = { folder, shown, device, anchor, anchored, names: [], next: 0, more: false };
    this.#levels.push(level);
    return await this.#read(level, '');
  }

  /** The next part of a folder. What cannot be read any more is told, and the folder left with it. */
  async #read(level: Level, after: string): Promise<Walked | undefined> {
    const room = Math.max(LEAST_NAMES, Math.floor(((this.#options.mostNames ?? MOST_NAMES) - this.#held) / 2));
    level.next = 0;
    level.names = [];
    level.more = false;
    try {
      const { names, more } = await readNames(level.folder, after, room);
      level.names = names;
      level.more = more;
      this.#held += names.length;
      return undefined;
    } catch (error) {
      return { kind: 'error', shown: level.shown, named: this.#levels.length === 1, error: fromErrno(error) };
    }
  }

  #leave(): void {
    const level = this.#levels.pop();
    this.#held -= level?.names.length ?? 0;
    if (level?.anchored === true) level.anchor?.release();
  }
}

function foundFile(path: Buffer, shown: string, facts: BigIntStats, parent: Level | undefined): WalkedFile {
  parent?.anchor?.hold();
  return {
    kind: 'file',
    path,
    shown,
    named: parent === undefined,
    bytes: Number(facts.size),
    stamp: stampOf(facts),
    links: Number(facts.nlink),
    release: () => parent?.anchor?.release(),
  };
}

export function stampOf(facts: BigIntStats): FileStamp {
  return { device: facts.dev, inode: facts.ino, size: facts.size, modified: facts.mtimeNs, changed: facts.ctimeNs };
}

function isExcluded(exclude: readonly string[], shown: string): boolean {
  return matchesAnyGlob(exclude, shown.slice(shown.lastIndexOf('/') + 1)) || matchesAnyGlob(exclude, shown);
}

const SLASH = Buffer.from('/');

function join(folder: Buffer, name: Buffer): Buffer {
  return folder.at(-1) === SLASH[0] ? Buffer.concat([folder, name]) : Buffer.concat([folder, SLASH, name]);
}
