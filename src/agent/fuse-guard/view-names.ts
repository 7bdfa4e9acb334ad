import { lchownSync, chmodSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { encodeEntry, RENAME_NOREPLACE } from '../../platform/linux/fuse/index.ts';
import { entryOf, fromFound, fromStats, showsStage } from './attributes.ts';
import { CallFailed, EEXIST, EINVAL, EIO, ENAMETOOLONG, ENOENT, ENOTEMPTY, EPERM } from './errno.ts';
import { AGE_ENDING, type Found, isLarge, isOwnName, type Medium, NAME_BYTES } from './medium.ts';
import type { NodeTable, ViewNode } from './node-table.ts';
import type { Answer } from './replies.ts';
import type { Staging } from './staging.ts';

export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
}

/** Names of the view: finding, making, moving and removing them. Each call is done when it returns. */
export class ViewNames {
  readonly #nodes: NodeTable;
  readonly #medium: Medium;
  readonly #staging: Staging;

  constructor(nodes: NodeTable, medium: Medium, staging: Staging) {
    this.#nodes = nodes;
    this.#medium = medium;
    this.#staging = staging;
  }

  lookup(parent: ViewNode, name: string): Answer {
    const known = this.#nodes.child(parent, name);
    if (known !== undefined && showsStage(known) && known.stage !== null && !known.stage.filling) {
      return encodeEntry(entryOf(known, fromStats(known.inode, lstatSync(known.stage.file, { bigint: true }))));
    }
    if (known?.stage?.refused === true && known.stored === null) return ENOENT;
    const found = this.#medium.find(parent, name);
    if (found === null) return ENOENT;
    return encodeEntry(this.entryFor(parent, name, found));
  }

  entryFor(parent: ViewNode, name: string, found: Found) {
    const node = this.#nodes.at(parent, name, found.stats.isDirectory());
    if (!node.folder) node.stored = { physical: found.physical, form: found.form };
    return entryOf(node, fromFound(node.inode, found));
  }

  makeFolder(parent: ViewNode, name: string, mode: number, caller: Caller): Answer {
    this.#checkNew(parent, name);
    const path = this.#medium.path(parent, name);
    mkdirSync(path, mode & 0o1777);
    return this.#made(parent, name, path, caller);
  }

  makeLink(parent: ViewNode, name: string, target: string, caller: Caller): Answer {
    this.#checkNew(parent, name);
    const path = this.#medium.path(parent, name);
    symlinkSync(Buffer.from(target, 'latin1'), path);
    return this.#made(parent, name, path, caller);
  }

  readLink(node: ViewNode): Answer {
    if (node.parent === null) return EINVAL;
    return readlinkSync(this.#medium.path(node.parent, node.name), { encoding: 'buffer' });
  }

  removeFolder(parent: ViewNode, name: string): Answer {
    const node = this.#nodes.child(parent, name);
    if (node !== undefined && this.#holdsStaged(node)) return ENOTEMPTY;
    rmdirSync(this.#medium.path(parent, name));
    if (node !== undefined) {
      this.#medium.forgetFolder(node);
      this.#nodes.detach(node);
    }
    return 0;
  }

  unlink(parent: ViewNode, name: string): Answer {
    const node = this.#nodes.child(parent, name);
    const found = this.#medium.find(parent, name);
    if (found === null && (node === undefined || !showsStage(node))) return ENOENT;
    if (found !== null) {
      const path = this.#medium.path(parent, found.physical);
      if (isLarge(found.stats)) this.#staging.outlive(path);
      unlinkSync(path);
    }
    if (node !== undefined) this.#dismiss(node);
    return 0;
  }

  rename(from: ViewNode, name: string, to: ViewNode, newName: string, flags: number): Answer {
    if ((flags & ~RENAME_NOREPLACE) !== 0) return EINVAL;
    if (isOwnName(newName)) return EPERM;
    const node = this.#nodes.child(from, name);
    if (node?.stage?.refused === true && node.stored === null) return EPERM;
    const source = this.#medium.find(from, name);
    if (source === null && (node === undefined || !showsStage(node))) return ENOENT;
    const replaced = this.#nodes.child(to, newName);
    const target = this.#medium.find(to, newName);
    if ((flags & RENAME_NOREPLACE) !== 0 && (target !== null || (replaced !== undefined && showsStage(replaced)))) return EEXIST;
    if (node !== undefined && node === replaced) return 0;
    if (target !== null && isLarge(target.stats)) this.#staging.outlive(this.#medium.path(to, target.physical));
    const physical = source === null ? null : this.#move(from, source, to, newName, target);
    if (physical !== null && target !== null && target.physical !== physical) unlinkSync(this.#medium.path(to, target.physical));
    if (replaced !== undefined) this.#dismiss(replaced);
    if (node === undefined) return 0;
    this.#nodes.move(node, to, newName);
    if (source !== null && physical !== null) node.stored = node.folder ? null : { physical, form: source.form };
    // Not on the medium yet: what it replaces stays there until it is.
    else if (target !== null) node.stored = { physical: target.physical, form: target.form };
    return 0;
  }

  #move(from: ViewNode, source: Found, to: ViewNode, newName: string, target: Found | null): string {
    const physical = source.form === 'age' ? newName + AGE_ENDING : newName;
    if (physical.length > NAME_BYTES) throw new CallFailed(ENAMETOOLONG);
    // A foreign age file may have the name that ours would get.
    const takes = target?.physical === physical ? null : this.#medium.stats(to, physical);
    if (source.form === 'age' && takes !== null) throw new CallFailed(EEXIST);
    renameSync(this.#medium.path(from, source.physical), this.#medium.path(to, physical));
    return physical;
  }

  /** Owner and mode of something on the medium. FAT knows neither: that is no failure of the medium's. */
  changeStored(path: Buffer, change: { readonly mode?: number; readonly uid?: number; readonly gid?: number }): void {
    if (change.mode !== undefined) chmodSync(path, change.mode & 0o1777);
    if (change.uid === undefined && change.gid === undefined) return;
    const stats = lstatSync(path);
    lchownSync(path, change.uid ?? stats.uid, change.gid ?? stats.gid);
  }

  checkName(name: string): void {
    if (isOwnName(name)) throw new CallFailed(EPERM);
    if (name.length > NAME_BYTES) throw new CallFailed(ENAMETOOLONG);
  }

  #checkNew(parent: ViewNode, name: string): void {
    this.checkName(name);
    const known = this.#nodes.child(parent, name);
    const visible = known !== undefined && showsStage(known);
    if (visible || this.#medium.find(parent, name) !== null) throw new CallFailed(EEXIST);
    if (known !== undefined) this.#nodes.detach(known);
  }

  #made(parent: ViewNode, name: string, path: Buffer, { uid, gid }: Caller): Answer {
    if (uid !== 0 || gid !== 0) {
      try {
        lchownSync(path, uid, gid);
      } catch {
        // A filesystem without owners.
      }
    }
    const found = this.#medium.find(parent, name);
    return found === null ? EIO : encodeEntry(this.entryFor(parent, name, found));
  }

  #dismiss(node: ViewNode): void {
    if (node.stage !== null) this.#staging.abandon(node.stage);
    if (node.folder) this.#medium.forgetFolder(node);
    this.#nodes.detach(node);
  }

  #holdsStaged(folder: ViewNode): boolean {
    for (const { node } of this.#staging.all()) if (node.parent === folder && !node.detached && showsStage(node)) return true;
    return false;
  }
}
