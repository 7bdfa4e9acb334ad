import { closeSync, constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { OPEN_FLAG, type Opened, SystemCallError, type SystemCalls } from '../../platform/linux/fuse/index.ts';
import type { Found, Medium } from './medium.ts';
import type { FromView, SubmitMessage, ToView, ViewStart } from './messages.ts';
import type { NodeTable, ViewNode } from './node-table.ts';
import { CallFailed, EACCES, EIO } from './errno.ts';
import { Stage, type Waiter } from './stage.ts';

export interface StagingParts {
  readonly start: ViewStart;
  readonly calls: SystemCalls;
  readonly nodes: NodeTable;
  readonly medium: Medium;
  readonly post: (message: FromView) => void;
  /** To the file thread. */
  readonly submit: (message: SubmitMessage) => void;
}

/** Files opened for writing: from the medium to the host, to the judge, and to their end. docs/spec/guard.md section 3. */
export class Staging {
  readonly #parts: StagingParts;
  readonly #stages = new Map<number, Stage>();
  passthrough = false;
  #lastId = 0;
  #draining = false;
  readonly #discarded: Extract<FromView, { kind: 'discard' }>[] = [];

  constructor(parts: StagingParts) {
    this.#parts = parts;
  }

  get(id: number): Stage | undefined {
    return this.#stages.get(id);
  }

  all(): Iterable<Stage> {
    return this.#stages.values();
  }

  create(node: ViewNode): Stage {
    const stage = new Stage((this.#lastId += 1), node, this.#parts.start.staging);
    this.#stages.set(stage.id, stage);
    node.stage = stage;
    return stage;
  }

  /** Stages what is stored; `filled` tells when the bytes are there. */
  createFrom(node: ViewNode, found: Found, filled: Waiter): Stage {
    if (found.form === 'age' && found.age?.key === null) throw new CallFailed(EACCES);
    const source = this.#parts.medium.path(node.parent ?? node, found.physical);
    const descriptor = openSync(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stage = this.create(node);
    this.#give(stage, found);
    stage.filling = true;
    stage.waiting.push(filled);
    this.#parts.post({ kind: 'fill', stage: stage.id, source: descriptor, age: found.form === 'age', file: stage.file });
    return stage;
  }

  /** An empty one in place of what is stored. */
  createOver(node: ViewNode, found: Found): Stage {
    const stage = this.create(node);
    this.#give(stage, found);
    return stage;
  }

  #give(stage: Stage, { physical, form, stats }: Found): void {
    stage.node.stored = { physical, form };
    stage.own(Number(stats.mode), Number(stats.uid), Number(stats.gid));
  }

  filled(id: number, errno: number): void {
    const stage = this.#stages.get(id);
    if (stage === undefined) return;
    stage.filling = false;
    if (errno === 0) {
      stage.judged = stage.version();
      stage.result = 0;
    } else {
      stage.orphan = true;
      stage.node.stage = null;
    }
    for (const waiter of stage.waiting.splice(0)) waiter.answer(errno);
    this.finish(stage);
  }

  /** How the kernel is to carry the bytes of this stage's handles. */
  opened(stage: Stage, handle: number): Opened {
    if (!this.passthrough) return { handle, flags: 0, backing: 0 };
    if (stage.backing === 0) {
      try {
        stage.backing = this.#parts.calls.openBacking(this.#parts.start.device, stage.descriptor);
      } catch (error) {
        // A staging filesystem the kernel will not pass through to: this view does without from its first file on.
        if (!(error instanceof SystemCallError) || this.#anyBacking()) throw error;
        this.passthrough = false;
        return { handle, flags: 0, backing: 0 };
      }
    }
    return { handle, flags: OPEN_FLAG.passthrough, backing: stage.backing };
  }

  #anyBacking(): boolean {
    for (const stage of this.#stages.values()) if (stage.backing !== 0) return true;
    return false;
  }

  truncate(stage: Stage, bytes: number): void {
    ftruncateSync(stage.descriptor, bytes);
    stage.writes += 1;
  }

  /** Answers the waiter with the outcome for the state of now. */
  judge(stage: Stage, waiter: Waiter | null): void {
    if (stage.orphan || stage.filling) {
      waiter?.answer(0);
      return;
    }
    if (stage.judging) {
      if (waiter !== null) stage.next.push(waiter);
      return;
    }
    if (!stage.isDirty()) {
      waiter?.answer(stage.result);
      return;
    }
    stage.judging = true;
    stage.compared = 'no';
    if (waiter !== null) stage.waiting.push(waiter);
    this.#submit(stage);
  }

  /** It changed while it was being judged: its state of now counts. */
  again(id: number): void {
    const stage = this.#stages.get(id);
    if (stage !== undefined) this.#submit(stage);
  }

  #submit({ id, node, file, writes, uid, writer, mappable }: Stage): void {
    const path = Buffer.from(pathOf(node), 'latin1');
    this.#parts.submit({ kind: 'submit', stage: id, path, file, writes, uid, writer, mutable: mappable });
  }

  settled({ stage: id, version, errno, refused }: Extract<ToView, { kind: 'settled' }>): void {
    const stage = this.#stages.get(id);
    if (stage === undefined) return;
    stage.judging = false;
    stage.judged = version ?? stage.version();
    stage.result = errno;
    stage.refused = errno !== 0 && (refused || stage.node.stored === null);
    for (const waiter of stage.waiting.splice(0)) waiter.answer(errno);
    for (const waiter of stage.next.splice(0)) this.judge(stage, waiter);
    this.finish(stage);
  }

  /** Lets a stage go that nobody has open, once its last state is judged. */
  finish(stage: Stage): void {
    if (stage.handles > 0 || stage.judging || stage.filling) return this.#drained();
    if (stage.isDirty()) {
      this.judge(stage, null);
      return;
    }
    if (this.#compares(stage)) return;
    const { node } = stage;
    this.#stages.delete(stage.id);
    if (stage.backing !== 0) this.#parts.calls.closeBacking(this.#parts.start.device, stage.backing);
    this.#discarded.push({ kind: 'discard', descriptor: stage.descriptor, file: stage.file });
    if (node.stage === stage) {
      node.stage = null;
      if (stage.refused && node.stored === null) this.#parts.nodes.detach(node);
      this.#parts.nodes.release(node);
    }
    this.#drained();
  }

  /** Whether its last bytes are still to be held against those that were judged. */
  #compares(stage: Stage): boolean {
    if (!stage.mappable || stage.orphan || stage.compared === 'yes') return false;
    if (stage.compared === 'no') {
      stage.compared = 'running';
      this.#parts.post({ kind: 'compare', stage: stage.id, file: stage.file });
    }
    return true;
  }

  compared(id: number, same: boolean): void {
    const stage = this.#stages.get(id);
    if (stage === undefined) return;
    stage.compared = same ? 'yes' : 'no';
    if (!same) stage.judged = null;
    this.finish(stage);
  }

  /**
   * Opens a file of the medium that is about to lose its name, so that not the view thread has to free it: a large one
   * takes as long as a thousand requests.
   */
  outlive(path: Buffer): void {
    try {
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      this.#discarded.push({ kind: 'discard', descriptor, file: null });
    } catch {
      // Then it goes at once.
    }
  }

  /** To be called when whoever asked is answered: until then the kernel may hold what is to be closed last. */
  discard(): void {
    for (const message of this.#discarded.splice(0)) this.#parts.post(message);
  }

  /** Nobody will want it on the medium. */
  abandon(stage: Stage): void {
    stage.orphan = true;
  }

  /** All that is dirty is judged as at close. */
  drain(): void {
    this.#draining = true;
    for (const stage of this.#stages.values()) if (stage.isDirty()) this.judge(stage, null);
    this.#drained();
  }

  #drained(): void {
    if (!this.#draining) return;
    for (const stage of this.#stages.values()) if (stage.judging || stage.filling || stage.compared === 'running') return;
    this.#draining = false;
    this.#parts.post({ kind: 'drained' });
  }

  /** Nothing more can be brought to the medium. */
  discardAll(): void {
    for (const stage of this.#stages.values()) {
      for (const waiter of [...stage.waiting.splice(0), ...stage.next.splice(0)]) waiter.answer(EIO);
      closeSync(stage.descriptor);
      rmSync(stage.file, { force: true });
    }
    this.#stages.clear();
  }
}

/** Logical names from the root, `/` between parts, one latin1 character a byte. */
export function pathOf(node: ViewNode): string {
  const parts: string[] = [];
  for (let each: ViewNode | null = node; each !== null && each.parent !== null; each = each.parent) parts.push(each.name);
  return parts.toReversed().join('/');
}
