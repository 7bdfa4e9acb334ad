import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { AgeReader } from '../../age/index.ts';
import {
  encodeCreated,
  encodeOpened,
  encodeWritten,
  OPEN_FLAG,
  OUT_HEADER_BYTES,
  MAX_TRANSFER_BYTES,
  type SystemCalls,
  writeReplyHeader,
  factsOfProcess,
} from '../../platform/linux/fuse/index.ts';
import { entryOf, fromStats } from './attributes.ts';
import { CallFailed, EACCES, EBADF, EEXIST, EFBIG, EIO, EISDIR, ENOENT, EPERM, EROFS, ESTALE } from './errno.ts';
import type { KeptNames } from './kept-names.ts';
import type { Found, Medium } from './medium.ts';
import type { FromView, ViewStart } from './messages.ts';
import { GENERATION, type NodeTable, stateText, type ViewNode } from './node-table.ts';
import type { PendingCalls } from './pending-calls.ts';
import { type Answer, sendBytes } from './replies.ts';
import type { Stage } from './stage.ts';
import { pathOf, type Staging } from './staging.ts';
import type { Caller, ViewNames } from './view-names.ts';

type Handle =
  | { readonly kind: 'stage'; readonly node: ViewNode; readonly stage: Stage; readonly writes: boolean }
  | { readonly kind: 'plain'; readonly node: ViewNode; readonly descriptor: number }
  | { readonly kind: 'age'; readonly node: ViewNode; readonly descriptor: number; readonly reader: AgeReader; damaged: boolean };

export interface FileParts {
  readonly start: ViewStart;
  readonly calls: SystemCalls;
  readonly kept: KeptNames;
  readonly nodes: NodeTable;
  readonly medium: Medium;
  readonly staging: Staging;
  readonly names: ViewNames;
  readonly pending: PendingCalls;
  readonly post: (message: FromView) => void;
}

const { O_ACCMODE = 3, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants as typeof constants & { O_ACCMODE?: number };

/** Open files of the view and their bytes. */
export class ViewFiles {
  readonly #parts: FileParts;
  readonly #handles = new Map<number, Handle>();
  readonly #transfer = Buffer.allocUnsafeSlow(OUT_HEADER_BYTES + MAX_TRANSFER_BYTES);
  /** No file of the medium is larger, and so none on its way there. */
  mediumBytes = Number.MAX_SAFE_INTEGER;
  #handed = 0;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  open(unique: bigint, node: ViewNode, flags: number, caller: Caller): Answer {
    const access = flags & O_ACCMODE;
    if (access !== O_RDONLY || (flags & O_TRUNC) !== 0) return this.#openForWriting(unique, node, flags, caller);
    if (node.stage !== null) return this.#whenFilled(unique, node.stage, caller, () => this.#handOut(node.stage, node, false));
    const found = this.#found(node);
    return found.form === 'age' ? this.#openAge(node, found) : this.#openPlain(node, found);
  }

  create(parent: ViewNode, name: string, flags: number, mode: number, caller: Caller): Answer {
    const { names, medium, nodes, staging, start } = this.#parts;
    if (start.readOnly) return EROFS;
    names.checkName(name);
    const known = nodes.child(parent, name);
    const found = medium.find(parent, name);
    if (found !== null) {
      if ((flags & O_EXCL) !== 0) return EEXIST;
      // Appeared beside the view: the kernel looks it up anew and opens it.
      return ESTALE;
    }
    if (known !== undefined) {
      if (known.stage !== null) staging.abandon(known.stage);
      nodes.detach(known);
    }
    const node = nodes.at(parent, name, false);
    const stage = staging.create(node);
    stage.own(mode, caller.uid, caller.gid);
    this.#wanted(stage, flags, caller);
    const attributes = fromStats(node.inode, fstatSync(stage.descriptor, { bigint: true }));
    return encodeCreated(entryOf(node, attributes), this.#newHandle(stage, node, true));
  }

  read(unique: bigint, id: number, offset: number, size: number): Answer {
    const handle = this.#handles.get(id);
    if (handle === undefined) return this.#isEarlier(id) ? EIO : EBADF;
    const bytes = this.#bytesAt(
      handle,
      this.#transfer.subarray(OUT_HEADER_BYTES, OUT_HEADER_BYTES + Math.min(size, MAX_TRANSFER_BYTES)),
      offset,
    );
    if (bytes === null) return EIO;
    writeReplyHeader(this.#transfer, unique, 0, bytes);
    sendBytes(this.#parts.start.device, this.#transfer.subarray(0, OUT_HEADER_BYTES + bytes));
    return null;
  }

  #bytesAt(handle: Handle, target: Buffer, offset: number): number | null {
    if (!Number.isSafeInteger(offset)) return 0;
    const { stage } = handle.node;
    // Opened before somebody began to write to it: both see one file.
    if (stage !== null && !stage.filling && !stage.orphan) return readSync(stage.descriptor, target, 0, target.length, offset);
    if (handle.kind !== 'age') return readSync(descriptorOf(handle), target, 0, target.length, offset);
    const bytes = handle.reader.read(target, offset);
    if (bytes === null) this.#tellDamaged(handle);
    return bytes;
  }

  #tellDamaged(handle: Extract<Handle, { kind: 'age' }>): void {
    if (handle.damaged) return;
    handle.damaged = true;
    this.#parts.post({ kind: 'damaged', path: Buffer.from(pathOf(handle.node), 'latin1') });
  }

  write(id: number, offset: number, data: Buffer): Answer {
    const handle = this.#handles.get(id);
    if (handle?.kind !== 'stage') return this.#isEarlier(id) ? EIO : EBADF;
    if (offset + data.length > this.mediumBytes) return EFBIG;
    const written = writeSync(handle.stage.descriptor, data, 0, data.length, offset);
    handle.stage.writes += 1;
    return encodeWritten(written);
  }

  flush(unique: bigint, id: number, caller: Caller): Answer {
    if (this.isLost(id)) return EIO;
    const handle = this.#handles.get(id);
    if (handle?.kind !== 'stage' || !handle.writes) return 0;
    const { stage } = handle;
    // Shells close a duplicate before anything is written.
    if (!stage.isDirty() && !stage.judging) return stage.judged === null ? 0 : stage.result;
    if (stage.isEmpty() && !stage.judging) return 0;
    const { pending, staging } = this.#parts;
    pending.add(unique, caller.pid);
    staging.judge(stage, { unique, answer: (errno) => pending.answer(unique, errno) });
    return null;
  }

  release(id: number): Answer {
    const handle = this.#handles.get(id);
    if (handle === undefined) return 0;
    this.#handles.delete(id);
    const { node } = handle;
    if (handle.kind === 'stage') {
      handle.stage.handles -= 1;
      if (handle.writes) handle.stage.writers -= 1;
      this.#parts.staging.finish(handle.stage);
    } else if (node.lower !== null && node.lower.descriptor === descriptorOf(handle)) {
      this.#releaseLower(node);
    } else {
      closeSync(handle.descriptor);
    }
    this.#parts.nodes.release(node);
    return 0;
  }

  /** Cuts or lengthens a file; by path that is a change of its own, judged before it is answered. */
  resize(unique: bigint, node: ViewNode, id: number | null, size: number, caller: Caller, done: () => Buffer): Answer {
    const { start, staging, pending } = this.#parts;
    if (start.readOnly) return EROFS;
    if (!Number.isSafeInteger(size) || size > this.mediumBytes) return EFBIG;
    const open = id === null ? undefined : this.#handles.get(id);
    if (open?.kind === 'stage') {
      staging.truncate(open.stage, size);
      return done();
    }
    if (node.stage !== null && !node.stage.filling && node.stage.handles > 0) {
      staging.truncate(node.stage, size);
      return done();
    }
    return this.#openForWriting(unique, node, size === 0 ? O_TRUNC | O_RDWR : O_RDWR, caller, (stage) => {
      stage.handles += 1;
      staging.truncate(stage, size);
      const answer = (errno: number): void => {
        pending.answer(unique, errno === 0 ? done() : errno);
        stage.handles -= 1;
      };
      pending.add(unique, caller.pid);
      staging.judge(stage, { unique, answer });
      staging.finish(stage);
      return null;
    });
  }

  /** Whether a program has this file of the medium open. */
  isRead(inode: bigint): boolean {
    for (const handle of this.#handles.values()) {
      if (handle.kind === 'plain' && fstatSync(handle.descriptor, { bigint: true }).ino === inode) return true;
    }
    return false;
  }

  closeAll(): void {
    for (const handle of this.#handles.values()) if (handle.kind !== 'stage') closeQuietly(handle.descriptor);
    this.#handles.clear();
  }

  #openForWriting(
    unique: bigint,
    node: ViewNode,
    flags: number,
    caller: Caller,
    then: (stage: Stage) => Answer = (stage) => this.#handOut(stage, node, true),
  ): Answer {
    const { start, staging, nodes } = this.#parts;
    if (start.readOnly) return EROFS;
    if (node.folder) return EISDIR;
    const truncate = (flags & O_TRUNC) !== 0;
    const { stage } = node;
    if (stage !== null) {
      return this.#whenFilled(unique, stage, caller, () => {
        this.#wanted(stage, flags, caller);
        if (truncate) staging.truncate(stage, 0);
        return then(stage);
      });
    }
    if (node.lower !== null) {
      // The kernel allows an inode one backing: those who read go on with this one, the writer gets another by looking the name up.
      nodes.detach(node);
      return ESTALE;
    }
    const found = this.#found(node);
    if (!found.stats.isFile()) return EPERM;
    if (truncate || found.stats.size === 0n) {
      const empty = staging.createOver(node, found);
      if (!truncate) empty.judged = empty.version();
      this.#wanted(empty, flags, caller);
      return then(empty);
    }
    const { pending } = this.#parts;
    pending.add(unique, caller.pid);
    const filling = staging.createFrom(node, found, {
      unique,
      answer: (errno) => {
        if (errno !== 0) return pending.answer(unique, errno);
        this.#wanted(filling, flags, caller);
        const answer = then(filling);
        if (answer !== null) pending.answer(unique, answer);
      },
    });
    return null;
  }

  /** Runs when the stage has its bytes: now, or when they are there. */
  #whenFilled(unique: bigint, stage: Stage, caller: Caller, run: () => Answer): Answer {
    if (!stage.filling) return run();
    const { pending } = this.#parts;
    pending.add(unique, caller.pid);
    stage.waiting.push({
      unique,
      answer: (errno) => {
        const answer = errno === 0 ? run() : errno;
        if (answer !== null) pending.answer(unique, answer);
      },
    });
    return null;
  }

  #wanted(stage: Stage, flags: number, caller: Caller): void {
    if ((flags & O_ACCMODE) === O_RDWR) stage.mappable = true;
    stage.uid = caller.uid;
    stage.writer = factsOfProcess(caller.pid);
  }

  #found(node: ViewNode): Found {
    const found = node.parent === null || node.detached ? null : this.#parts.medium.find(node.parent, node.name);
    if (found === null) throw new CallFailed(node.detached ? ESTALE : ENOENT);
    return found;
  }

  #handOut(stage: Stage | null, node: ViewNode, writes: boolean): Answer {
    return stage === null ? ESTALE : encodeOpened(this.#newHandle(stage, node, writes));
  }

  /** Numbers of handles tell the next agent whose they are, and whether somebody may have written by them. */
  #nextHandle(writes: boolean): number {
    return this.#parts.start.generation * GENERATION + 2 * (this.#handed += 1) + (writes ? 1 : 0);
  }

  #isEarlier(handle: number): boolean {
    return handle < this.#parts.start.generation * GENERATION;
  }

  /** Given out for writing by an agent that is gone: what was written is not to be judged any more. */
  isLost(handle: number): boolean {
    return this.#isEarlier(handle) && handle % 2 === 1;
  }

  #newHandle(stage: Stage, node: ViewNode, writes: boolean) {
    const opened = this.#parts.staging.opened(stage, this.#nextHandle(writes));
    if (node.kept?.backing !== opened.backing || (writes && node.kept.kind !== 'written')) {
      this.#parts.kept.keep(node, writes || node.kept?.kind === 'written' ? 'written' : 'read', opened.backing);
    }
    stage.handles += 1;
    if (writes) stage.writers += 1;
    this.#handles.set(opened.handle, { kind: 'stage', node, stage, writes });
    return opened;
  }

  #openPlain(node: ViewNode, found: Found): Answer {
    const { medium, staging } = this.#parts;
    const handle = this.#nextHandle(false);
    if (staging.passthrough && found.stats.isFile()) {
      node.lower ??= this.#openLower(node, found);
      if (node.lower !== null) {
        if (node.kept === null) this.#parts.kept.keep(node, 'read', node.lower.backing);
        node.lower.handles += 1;
        this.#handles.set(handle, { kind: 'plain', node, descriptor: node.lower.descriptor });
        return encodeOpened({ handle, flags: OPEN_FLAG.passthrough, backing: node.lower.backing });
      }
    }
    const descriptor = openSync(medium.path(node.parent ?? node, found.physical), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    this.#handles.set(handle, { kind: 'plain', node, descriptor });
    return encodeOpened({ handle, flags: this.#cacheFlags(node, found), backing: 0 });
  }

  /** Null where the kernel will not pass through to this filesystem. */
  #openLower(node: ViewNode, found: Found) {
    const { calls, medium, start } = this.#parts;
    const descriptor = openSync(medium.path(node.parent ?? node, found.physical), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return { descriptor, backing: calls.openBacking(start.device, descriptor), handles: 0 };
    } catch {
      closeSync(descriptor);
      return null;
    }
  }

  #releaseLower(node: ViewNode): void {
    if (node.lower === null) return;
    node.lower.handles -= 1;
    if (node.lower.handles > 0) return;
    this.#parts.calls.closeBacking(this.#parts.start.device, node.lower.backing);
    closeSync(node.lower.descriptor);
    node.lower = null;
  }

  #openAge(node: ViewNode, found: Found): Answer {
    if (found.age === null || found.age.key === null) return EACCES;
    const descriptor = openSync(this.#parts.medium.path(node.parent ?? node, found.physical), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const readAt = (target: Uint8Array, position: number): number => readSync(descriptor, target, 0, target.length, position);
    const reader = new AgeReader(readAt, Number(found.stats.size), { bytes: found.age.headBytes, key: found.age.key });
    const handle = this.#nextHandle(false);
    this.#handles.set(handle, { kind: 'age', node, descriptor, reader, damaged: false });
    return encodeOpened({ handle, flags: this.#cacheFlags(node, found), backing: 0 });
  }

  /** With passthrough no page may be the kernel's own; without it, pages of a file that did not change are kept. */
  #cacheFlags(node: ViewNode, found: Found): number {
    if (this.#parts.staging.passthrough) return OPEN_FLAG.directIo;
    const state = stateText(found.stats);
    const same = node.cached === state;
    node.cached = state;
    return same ? OPEN_FLAG.keepCache : 0;
  }
}

function descriptorOf(handle: Handle): number {
  return handle.kind === 'stage' ? handle.stage.descriptor : handle.descriptor;
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Shared between handles, closed with the first.
  }
}
