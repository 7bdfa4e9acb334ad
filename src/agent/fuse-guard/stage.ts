import { fchmodSync, fchownSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { NO_FACTS, type ProcessFacts } from '../../platform/linux/fuse/index.ts';
import type { ViewNode } from './node-table.ts';

/** A request that is answered when something slow is over. */
export interface Waiter {
  readonly unique: bigint;
  /** Errno, 0 for success. */
  readonly answer: (errno: number) => void;
}

/** A file that was opened for writing, on the host until it is judged. */
export class Stage {
  readonly id: number;
  readonly node: ViewNode;
  readonly file: string;
  readonly descriptor: number;
  /** Open handles, and calls under way that need it. */
  handles = 0;
  /** Of FUSE passthrough; 0 while there is none. */
  backing = 0;
  /** Writes that came through the view thread. */
  writes = 0;
  /** The state last judged, or what was filled in from the medium; null while there is none. */
  judged: string | null = null;
  /** Outcome of that judgement: errno, 0 for committed. */
  result = 0;
  refused = false;
  filling = false;
  /** Whether a state of it is with the agent thread now. */
  judging = false;
  /** Those of the handles that may write. */
  writers = 0;
  /** Somebody could have mapped it for writing. */
  mappable = false;
  /** Writes through a map move no time while their page is dirty already: what is left at the end is compared by content. */
  compared: 'no' | 'running' | 'yes' = 'no';
  /** Its name was removed or replaced: nobody will ever want it on the medium. */
  orphan = false;
  /** A plain form was committed since it was opened: allowed then, perhaps not later. */
  committedPlain = false;
  uid = 0;
  /** Whoever opened it for writing last. */
  writer: ProcessFacts = NO_FACTS;
  /** Waiting for the judgement that runs, and for the one after it. */
  waiting: Waiter[] = [];
  next: Waiter[] = [];

  constructor(id: number, node: ViewNode, folder: string) {
    this.id = id;
    this.node = node;
    this.file = join(folder, `s${id}`);
    this.descriptor = openSync(this.file, 'wx+', 0o600);
  }

  /** Names its present state. */
  version(): string {
    const { size, mtimeNs, ctimeNs } = fstatSync(this.descriptor, { bigint: true });
    return `${size}:${mtimeNs}:${ctimeNs}:${this.writes}`;
  }

  isEmpty(): boolean {
    return fstatSync(this.descriptor).size === 0;
  }

  isDirty(): boolean {
    return !this.orphan && !this.filling && this.judged !== this.version();
  }

  /** Set-id bits do not come into the view. */
  own(mode: number, uid: number, gid: number): void {
    fchmodSync(this.descriptor, mode & 0o777);
    fchownSync(this.descriptor, uid, gid);
  }
}
