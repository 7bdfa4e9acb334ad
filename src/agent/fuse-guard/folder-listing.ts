import { constants, type Dir, type Dirent, opendirSync } from 'node:fs';
import { DirectoryPage } from '../../platform/linux/fuse/index.ts';
import { entryOf, fromFound, fromStats, showsStage } from './attributes.ts';
import { AGE_ENDING, isOwnName, type Medium } from './medium.ts';
import type { NodeTable, ViewNode } from './node-table.ts';
import type { Staging } from './staging.ts';
import { fstatSync } from 'node:fs';

interface Listed {
  readonly name: string;
  readonly kind: number;
}

const { S_IFDIR, S_IFLNK, S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK } = constants;
const BUFFERED_ENTRIES = 256;

/** An open folder, read from the medium as far as somebody asked for it: one of a million entries is begun at once. */
export class FolderListing {
  readonly #folder: ViewNode;
  readonly #nodes: NodeTable;
  readonly #medium: Medium;
  readonly #staging: Staging;
  #entries: Listed[] = [];
  #names = new Set<string>();
  #dir: Dir | null = null;
  #whole = false;

  constructor(folder: ViewNode, nodes: NodeTable, medium: Medium, staging: Staging) {
    this.#folder = folder;
    this.#nodes = nodes;
    this.#medium = medium;
    this.#staging = staging;
    this.#rewind();
  }

  page(offset: number, bytes: number, plus: boolean): Buffer {
    if (offset === 0 && this.#entries.length > 2) this.#rewind();
    const page = new DirectoryPage(bytes);
    for (let index = offset; this.#reach(index); index += 1) {
      const listed = this.#entries[index];
      if (listed === undefined || !page.fits(listed.name, plus)) break;
      this.#add(page, listed, index + 1, plus);
    }
    return page.bytes();
  }

  close(): void {
    this.#dir?.closeSync();
    this.#dir = null;
  }

  #rewind(): void {
    this.close();
    this.#entries = [
      { name: '.', kind: S_IFDIR },
      { name: '..', kind: S_IFDIR },
    ];
    this.#names = new Set();
    this.#whole = false;
    // `/.` leads through a descriptor that was opened for its path alone.
    const path = this.#medium.path(this.#folder, '.').toString('latin1');
    this.#dir = opendirSync(path, { encoding: 'latin1', bufferSize: BUFFERED_ENTRIES });
  }

  #add(page: DirectoryPage, { name, kind }: Listed, next: number, plus: boolean): void {
    const own = name === '.' || name === '..';
    const inode = own ? this.#folder.inode : this.#nodes.inodeAt(this.#folder, name);
    if (!plus) return page.add({ name, inode, kind, next });
    if (own) return page.add({ name, inode, kind, next }, null);
    const known = this.#nodes.child(this.#folder, name);
    if (known?.stage != null && showsStage(known) && !known.stage.filling) {
      const attributes = fromStats(known.inode, fstatSync(known.stage.descriptor, { bigint: true }));
      return page.add({ name, inode: known.inode, kind, next }, entryOf(known, attributes));
    }
    const found = this.#medium.find(this.#folder, name);
    if (found === null) return page.add({ name, inode, kind, next }, null);
    const node = this.#nodes.at(this.#folder, name, found.stats.isDirectory());
    if (!node.folder) node.stored = { physical: found.physical, form: found.form };
    page.add({ name, inode: node.inode, kind, next }, entryOf(node, fromFound(node.inode, found)));
  }

  /** Reads on until there is an entry of this number; false at the end. */
  #reach(index: number): boolean {
    while (this.#entries.length <= index && !this.#whole) this.#readOne();
    return index < this.#entries.length;
  }

  #readOne(): void {
    const entry = this.#dir?.readSync() ?? null;
    if (entry !== null) {
      const name = this.#logicalName(entry);
      if (name !== null) this.#list(name, kindOf(entry));
      return;
    }
    this.#whole = true;
    for (const { node } of this.#staging.all()) {
      if (node.parent === this.#folder && !node.detached && showsStage(node) && !this.#names.has(node.name)) this.#list(node.name, S_IFREG);
    }
    this.close();
  }

  #list(name: string, kind: number): void {
    this.#names.add(name);
    this.#entries.push({ name, kind });
  }

  #logicalName(entry: Dirent): string | null {
    const { name } = entry;
    if (isOwnName(name)) return null;
    if (!name.endsWith(AGE_ENDING) || name.length === AGE_ENDING.length || !entry.isFile()) return name;
    const logical = name.slice(0, -AGE_ENDING.length);
    if (isOwnName(logical) || this.#medium.stats(this.#folder, logical) !== null) return name;
    return this.#medium.findAge(this.#folder, logical) === null ? name : logical;
  }
}

function kindOf(entry: Dirent): number {
  if (entry.isFile()) return S_IFREG;
  if (entry.isDirectory()) return S_IFDIR;
  if (entry.isSymbolicLink()) return S_IFLNK;
  if (entry.isFIFO()) return S_IFIFO;
  if (entry.isSocket()) return S_IFSOCK;
  return entry.isCharacterDevice() ? S_IFCHR : S_IFBLK;
}
