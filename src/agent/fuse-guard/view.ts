import { constants, openSync, renameSync, statfsSync, unlinkSync } from 'node:fs';
import {
  encodeAttributes,
  encodeInit,
  encodeNotice,
  encodeOpened,
  encodeStatfs,
  INIT_FLAG,
  MAX_TRANSFER_BYTES,
  NOTICE,
  type Operation,
  type Request,
  SETATTR,
  type SystemCalls,
  SystemCallError,
  type Time,
} from '../../platform/linux/fuse/index.ts';
import { ciphertextName } from '../guard/place-file.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { attributeSeconds, attributesOf } from './attributes.ts';
import { CallFailed, EBADF, EINVAL, EIO, ENOENT, ENOSYS, EPERM, EROFS, errnoOf, ESTALE } from './errno.ts';
import { exchangeNames } from './exchange-names.ts';
import { FolderListing } from './folder-listing.ts';
import { KeptNames } from './kept-names.ts';
import { isLarge, Medium } from './medium.ts';
import type { FromView, PlacedMessage, PlaceMessage, SubmitMessage, ToView, ViewStart } from './messages.ts';
import { GENERATION, NodeTable, type ViewNode } from './node-table.ts';
import { PendingCalls } from './pending-calls.ts';
import { type Answer, sendBytes, sendReply } from './replies.ts';
import type { Stage } from './stage.ts';
import { pathOf, Staging } from './staging.ts';
import { TemporaryIds } from './temporary-ids.ts';
import { ViewFiles } from './view-files.ts';
import { ViewNames } from './view-names.ts';

/** How deep filesystems below a passthrough file may be stacked: 2 allows staging on overlayfs. */
const STACK_DEPTH = 2;
const STATFS_BLOCK = 4096;
const CHANGING: ReadonlySet<Operation['op']> = new Set(['symlink', 'mknod', 'mkdir', 'unlink', 'rmdir', 'rename', 'setattr']);
type SetAttributes = Extract<Operation, { op: 'setattr' }>;

/** The view of one medium: takes requests of the kernel and messages of the agent thread, in order, one at a time. */
export class View {
  readonly #start: ViewStart;
  readonly #calls: SystemCalls;
  readonly #post: (message: FromView) => void;
  readonly #kept: KeptNames;
  readonly #nodes: NodeTable;
  readonly #medium: Medium;
  readonly #staging: Staging;
  readonly #names: ViewNames;
  readonly #files: ViewFiles;
  readonly #pending: PendingCalls;
  readonly #listings = new Map<number, FolderListing>();
  #lastListing: number;

  constructor(start: ViewStart, calls: SystemCalls, knowsHeader: (sha256: string) => boolean, post: (message: FromView) => void) {
    this.#start = start;
    this.#calls = calls;
    this.#post = post;
    this.#medium = new Medium({ root: start.root, identities: start.identities, knowsHeader });
    this.#kept = new KeptNames(start.names);
    this.#nodes = new NodeTable((node) => this.#medium.forgetFolder(node), this.#kept, start.generation);
    this.#lastListing = start.generation * GENERATION;
    this.#pending = new PendingCalls(start.device);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    const submit = (message: SubmitMessage): void => start.files.postMessage(message);
    const parts = { start, calls, kept: this.#kept, nodes: this.#nodes, medium: this.#medium, post, submit };
    this.#staging = new Staging(parts);
    this.#names = new ViewNames(this.#nodes, this.#medium, this.#staging);
    this.#files = new ViewFiles({ ...parts, staging: this.#staging, names: this.#names, pending: this.#pending });
  }

  /** Goes on where an earlier agent was killed. What it had read and not answered comes once more. */
  resume(passthrough: boolean): void {
    const { names, slots } = this.#kept.readAll();
    for (const { backing } of names) if (backing !== 0) this.#closeBacking(backing);
    this.#nodes.restore(names, slots);
    for (const { kind, parent, name } of names) {
      const folder = kind === 'written' ? this.#nodes.get(parent) : undefined;
      if (folder !== undefined) this.#post({ kind: 'lost', path: Buffer.from(pathIn(folder, name), 'latin1') });
    }
    this.#staging.passthrough = passthrough;
    this.#files.mediumBytes = this.#mediumBytes();
    sendBytes(this.#start.device, encodeNotice(NOTICE.resend));
    this.#post({ kind: 'ready', passthrough, resend: true });
  }

  /** Programs that have the file open keep it. */
  #closeBacking(backing: number): void {
    try {
      this.#calls.closeBacking(this.#start.device, backing);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  handle(request: Request): void {
    let answer: Answer;
    try {
      answer = this.#handle(request);
    } catch (error) {
      answer = error instanceof CallFailed || error instanceof SystemCallError ? error.errno : errnoOf(error);
    }
    if (answer !== null) sendReply(this.#start.device, request.unique, answer);
    this.#staging.discard();
  }

  receive(message: Exclude<ToView, { kind: 'end' }>): void {
    this.#take(message);
    this.#staging.discard();
  }

  #take(message: Exclude<ToView, { kind: 'end' }>): void {
    switch (message.kind) {
      case 'filled':
        return this.#staging.filled(message.stage, message.errno);
      case 'again':
        return this.#staging.again(message.stage);
      case 'compared':
        return this.#staging.compared(message.stage, message.same);
      case 'place':
        return this.#answerPlace(message);
      case 'exchange': {
        const parts = { root: this.#start.root, nodes: this.#nodes, staging: this.#staging, files: this.#files };
        return this.#post({ kind: 'exchanged', exchange: message.exchange, result: exchangeNames(parts, message.order) });
      }
      case 'settled':
        if (message.refused) this.#dropPartial(message.stage);
        return this.#staging.settled(message);
      case 'drain':
        return this.#staging.drain();
    }
  }

  /** Whether somebody was interrupted and may have been killed since. */
  get watching(): boolean {
    return this.#pending.hasInterrupted();
  }

  lookAgain(): void {
    this.#pending.lookAgain();
  }

  close(): void {
    this.#pending.answerAll(EIO);
    this.#staging.discardAll();
    this.#files.closeAll();
    for (const listing of this.#listings.values()) listing.close();
    this.#medium.close();
  }

  #handle(request: Request): Answer {
    const { operation, unique } = request;
    if (this.#start.readOnly && CHANGING.has(operation.op)) return EROFS;
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others name a node
    switch (operation.op) {
      case 'init':
        return this.#init(operation);
      case 'forget':
        for (const { node, lookups } of operation.nodes) this.#nodes.forget(node, lookups);
        return null;
      case 'interrupt':
        this.#pending.interrupt(operation.target);
        return null;
      case 'read':
        return this.#files.read(unique, operation.handle, operation.offset, operation.size);
      case 'write':
        return this.#files.write(operation.handle, operation.offset, operation.data);
      case 'flush':
        return this.#files.flush(unique, operation.handle, request);
      case 'fsync':
        // Staged bytes do not outlive the agent, so syncing them would promise nothing: they are durable from close on.
        return this.#files.isLost(operation.handle) ? EIO : 0;
      case 'release':
        return this.#files.release(operation.handle);
      case 'readdir':
      case 'readdirplus':
        return this.#listing(request.node, operation.handle).page(operation.offset, operation.size, operation.op === 'readdirplus');
      case 'releasedir':
        this.#listings.get(operation.handle)?.close();
        this.#listings.delete(operation.handle);
        return 0;
      case 'statfs':
        return this.#statfs();
      case 'destroy':
        return 0;
      case 'unsupported':
        return ENOSYS;
      case 'malformed':
        return EINVAL;
      default:
        return this.#handleAt(this.#node(request.node), request);
    }
  }

  #handleAt(node: ViewNode, request: Request): Answer {
    const { operation, unique } = request;
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others are answered before
    switch (operation.op) {
      case 'lookup':
        return this.#names.lookup(node, operation.name);
      case 'getattr': {
        const attributes = attributesOf(node, this.#medium);
        return attributes === null ? (node.detached ? ESTALE : ENOENT) : encodeAttributes(attributeSeconds(node), attributes);
      }
      case 'setattr':
        return this.#setAttributes(unique, node, operation, request);
      case 'readlink':
        return this.#names.readLink(node);
      case 'symlink':
        return this.#names.makeLink(node, operation.name, operation.target, request);
      case 'mkdir':
        return this.#names.makeFolder(node, operation.name, operation.mode, request);
      case 'unlink':
        return this.#names.unlink(node, operation.name);
      case 'rmdir':
        return this.#names.removeFolder(node, operation.name);
      case 'rename':
        return this.#names.rename(node, operation.name, this.#node(operation.newParent), operation.newName, operation.flags);
      case 'open':
        return this.#files.open(unique, node, operation.flags, request);
      case 'create':
        return this.#files.create(node, operation.name, operation.flags, operation.mode, request);
      case 'opendir':
        this.#listings.set((this.#lastListing += 1), new FolderListing(node, this.#nodes, this.#medium, this.#staging));
        return encodeOpened({ handle: this.#lastListing, flags: 0, backing: 0 });
      case 'fsyncdir': {
        const descriptor = openSync(this.#medium.path(node, '.'), constants.O_RDONLY | constants.O_DIRECTORY);
        this.#post({ kind: 'sync', unique, descriptor, close: true });
        return null;
      }
      default:
        return EPERM;
    }
  }

  /** One that an earlier agent had begun is begun anew: entries that did not change have the same order. */
  #listing(folder: number, handle: number): FolderListing {
    const known = this.#listings.get(handle);
    if (known !== undefined) return known;
    if (handle > this.#start.generation * GENERATION) throw new CallFailed(EBADF);
    const listing = new FolderListing(this.#node(folder), this.#nodes, this.#medium, this.#staging);
    this.#listings.set(handle, listing);
    return listing;
  }

  #node(id: number): ViewNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new CallFailed(ESTALE);
    return node;
  }

  #init({ minor, readAhead, flags }: Extract<Operation, { op: 'init' }>): Answer {
    const { passthrough, directIoMmap, ...others } = INIT_FLAG;
    let wanted = directIoMmap;
    for (const flag of Object.values(others)) wanted |= flag;
    if (this.#start.passthrough) wanted |= passthrough;
    const agreed = wanted & flags;
    this.#staging.passthrough = (agreed & passthrough) !== 0n;
    const stackDepth = this.#staging.passthrough ? STACK_DEPTH : 0;
    this.#files.mediumBytes = this.#mediumBytes();
    this.#post({ kind: 'ready', passthrough: this.#staging.passthrough, resend: (flags & INIT_FLAG.resend) !== 0n });
    return encodeInit({ minor, readAhead: Math.max(readAhead, MAX_TRANSFER_BYTES), flags: agreed, stackDepth });
  }

  #mediumBytes(): number {
    const { blocks, bsize } = statfsSync(this.#medium.rootPath('.'));
    return blocks * bsize;
  }

  #statfs(): Answer {
    const facts = statfsSync(this.#medium.rootPath('.'), { bigint: true });
    let staged = 0n;
    for (const stage of this.#staging.all()) if (!stage.orphan) staged += BigInt(stagedBytes(stage));
    const block = Number(facts.bsize) || STATFS_BLOCK;
    const taken = staged / BigInt(block);
    const less = (value: bigint): bigint => (value > taken ? value - taken : 0n);
    return encodeStatfs({
      blocks: facts.blocks,
      free: less(facts.bfree),
      available: less(facts.bavail),
      files: facts.files,
      filesFree: facts.ffree,
      blockBytes: block,
    });
  }

  #setAttributes(unique: bigint, node: ViewNode, change: SetAttributes, request: Request): Answer {
    const done = (): Buffer => {
      this.#changeAttributes(node, change);
      const attributes = attributesOf(node, this.#medium);
      if (attributes === null) throw new CallFailed(ENOENT);
      return encodeAttributes(attributeSeconds(node), attributes);
    };
    if ((change.valid & SETATTR.size) === 0) return done();
    const handle = (change.valid & SETATTR.handle) === 0 ? null : change.handle;
    return this.#files.resize(unique, node, handle, change.size, request, done);
  }

  /** A staged file that is on the medium already is changed in both places, and is no dirtier for it. */
  #changeAttributes(node: ViewNode, { valid, mode, owner, group, atime, mtime }: SetAttributes): void {
    const paths: Buffer[] = [];
    const { stage } = node;
    const clean = stage !== null && !stage.isDirty() && !stage.judging;
    if (stage !== null) paths.push(Buffer.from(stage.file));
    if ((stage === null || clean) && node.parent !== null && !node.detached) {
      const found = this.#medium.find(node.parent, node.name);
      if (found !== null) paths.push(this.#medium.path(node.parent, found.physical));
    } else if (node.parent === null) paths.push(this.#medium.rootPath('.'));
    for (const path of paths) {
      this.#names.changeStored(path, {
        ...((valid & SETATTR.mode) === 0 ? {} : { mode }),
        ...((valid & SETATTR.uid) === 0 ? {} : { uid: owner }),
        ...((valid & SETATTR.gid) === 0 ? {} : { gid: group }),
      });
      const accessed = timeOf(valid, SETATTR.atime, SETATTR.atimeNow, atime);
      const modified = timeOf(valid, SETATTR.mtime, SETATTR.mtimeNow, mtime);
      if (accessed !== undefined || modified !== undefined) this.#calls.setTimes(path, accessed, modified);
    }
    if (clean) stage.judged = stage.version();
  }

  /** Step 6: the finished temporary file gets the name that the file has at this moment. */
  #answerPlace(order: PlaceMessage): void {
    const placed = { kind: 'placed', stage: order.stage, result: this.#place(order) } as const;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    if (order.byFiles) this.#start.files.postMessage(placed);
    else this.#post(placed);
  }

  #place({ stage: id, temporaryId: ours, form, synced }: PlaceMessage): PlacedMessage['result'] {
    const stage = this.#staging.get(id);
    const parent = stage?.node.parent ?? null;
    if (stage === undefined || parent === null || stage.orphan) return { ok: false, errno: 0, gone: true };
    try {
      return this.#placeIn(stage, parent, ours, form, synced);
    } catch (error) {
      return { ok: false, errno: errnoOf(error), gone: false };
    }
  }

  #placeIn(stage: Stage, parent: ViewNode, ours: string, form: 'plain' | 'age', synced: boolean): PlacedMessage['result'] {
    const { node } = stage;
    const physical = form === 'plain' ? node.name : this.#freeCiphertextName(parent, node);
    const old = node.stored;
    const replaced = this.#medium.stats(parent, physical);
    if (!synced && (old !== null || replaced !== null)) return UNSYNCED;
    if (isLarge(replaced)) this.#staging.outlive(this.#medium.path(parent, physical));
    const temporary = this.#medium.rootPath(temporaryName(ours, 'tmp').toString('latin1'));
    renameSync(temporary, this.#medium.path(parent, physical));
    node.stored = { physical, form };
    if (form === 'plain') stage.committedPlain = true;
    const erase = old !== null && old.physical !== physical && old.form === 'plain' && this.#moveToErase(parent, old.physical, ours);
    if (old !== null && old.physical !== physical && old.form === 'age') this.#removeQuietly(this.#medium.path(parent, old.physical));
    if (form === 'age') stage.committedPlain = false;
    const folder = openSync(this.#medium.path(parent, '.'), constants.O_RDONLY | constants.O_DIRECTORY);
    return { ok: true, path: Buffer.from(pathIn(parent, physical), 'latin1'), folder, erase };
  }

  #freeCiphertextName(parent: ViewNode, node: ViewNode): string {
    for (let attempt = 1; ; attempt += 1) {
      const candidate = ciphertextName(Buffer.from(node.name, 'latin1'), attempt).toString('latin1');
      if (candidate === node.stored?.physical) return candidate;
      const stats = this.#medium.stats(parent, candidate);
      if (stats === null || (attempt === 1 && this.#medium.ageFacts(parent, candidate, stats) !== null)) return candidate;
    }
  }

  #moveToErase(parent: ViewNode, physical: string, ours: string): boolean {
    try {
      renameSync(this.#medium.path(parent, physical), this.#medium.rootPath(temporaryName(ours, 'erase').toString('latin1')));
      return true;
    } catch (error) {
      if (errnoOf(error) === ENOENT) return false;
      throw error;
    }
  }

  #removeQuietly(path: Buffer): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if (errnoOf(error) !== ENOENT) throw error;
    }
  }

  /** Bytes that were allowed while the file was being written belong to a file that is not: they leave the medium too. */
  #dropPartial(stageId: number): void {
    const stage = this.#staging.get(stageId);
    const stored = stage?.node.stored ?? null;
    const parent = stage?.node.parent ?? null;
    if (stage === undefined || stored === null || parent === null || !stage.committedPlain || stage.orphan) return;
    const id = new TemporaryIds(this.#start.mark).next();
    if (this.#moveToErase(parent, stored.physical, id)) this.#post({ kind: 'removePlain', temporaryId: id });
    stage.committedPlain = false;
    stage.node.stored = null;
  }
}

const pathIn = (folder: ViewNode, name: string): string => (pathOf(folder) === '' ? name : `${pathOf(folder)}/${name}`);

const UNSYNCED: PlacedMessage['result'] = { ok: false, errno: EIO, gone: false, unsynced: true };

function timeOf(valid: number, given: number, now: number, time: Time): Time | 'now' | undefined {
  if ((valid & now) !== 0) return 'now';
  return (valid & given) === 0 ? undefined : time;
}

function stagedBytes(stage: Stage): number {
  return Number(stage.version().split(':', 1)[0]);
}
