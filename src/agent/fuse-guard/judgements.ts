import { constants, lstatSync } from 'node:fs';
import { copyFile, open, rm, unlink } from 'node:fs/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import type { EnforcementOrder, FileArrival } from '../../core/ports.ts';
import { stampOf } from '../guard/stamp.ts';
import { hashFile } from '../guard/subject.ts';
import { parsePath, shownPath } from '../guard/volume-path.ts';
import type { Committer, Commit, Judged } from './committer.ts';
import { EIO, errnoOf } from './errno.ts';
import { fillStage } from './fill-stage.ts';
import { finalName } from './final-name.ts';
import { Origins } from './origins.ts';
import type { FromFiles, FromView, JudgeMessage, ToView } from './messages.ts';

export interface JudgementParts {
  readonly committer: Committer;
  readonly identities: readonly string[];
  readonly actorOf: (uid: number) => Actor;
  readonly report: (arrival: FileArrival) => void;
  readonly tellView: (message: ToView) => void;
  /** The file thread may let go of what it held of a stage. */
  readonly drop: (stage: number, file: string) => void;
  /** For what nobody waits for. */
  readonly inBackground: (work: Promise<void>) => void;
}

interface Arrival {
  readonly message: JudgeMessage;
  readonly judged: Judged;
  /** Its event is on disk. */
  settled: boolean;
  /** Set once it is carried out: the rest waits for the event. */
  commit: Commit | null;
}

/** States of files between the view and the engine: each is reported, inspected, committed, and settled. */
export class Judgements {
  readonly #parts: JudgementParts;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #origins = new Origins();
  /** SHA-256 of what was last judged of a stage that may be mapped. */
  readonly #judgedContents = new Map<number, string>();

  constructor(parts: JudgementParts) {
    this.#parts = parts;
  }

  async judge(message: JudgeMessage): Promise<void> {
    const { stage, version, looks, mutable, held } = message;
    const fileId = uuidv7();
    const file = held ? message.file : `${message.file}-${fileId}`;
    try {
      if (!held) await copyFile(message.file, file, constants.COPYFILE_FICLONE);
    } catch (error) {
      await rm(file, { force: true });
      return this.#parts.tellView({ kind: 'settled', stage, version, errno: errnoOf(error), refused: true });
    }
    const stats = lstatSync(file, { bigint: true });
    const judged = {
      fileId,
      stage,
      path: message.path,
      file,
      stamp: stampOf(stats),
      looks: { ...looks, bytes: stats.size },
      mutable,
      held,
    };
    this.#arrivals.set(fileId, { message, judged, settled: false, commit: null });
    this.#origins.look(fileId, message.writer, Number(stats.size));
    this.#parts.report({
      fileId,
      path: shownPath(parsePath(finalName(Buffer.from(message.path)))),
      bytes: Number(stats.size),
      modified: new Date(Number(looks.modified / 1_000_000n)).toISOString(),
      actor: this.#parts.actorOf(message.uid),
      present: false,
    });
  }

  failed({ stage, errno }: Extract<FromFiles, { kind: 'judgeFailed' }>): void {
    this.#parts.tellView({ kind: 'settled', stage, version: null, errno, refused: true });
  }

  source(fileId: string): (Pick<Judged, 'stamp'> & { path: Uint8Array }) | null {
    const judged = this.#arrivals.get(fileId)?.judged;
    return judged === undefined ? null : { path: Buffer.from(judged.file), stamp: judged.stamp };
  }

  again(fileId: string): void {
    const arrival = this.#arrivals.get(fileId);
    if (arrival === undefined) return;
    this.#arrivals.delete(fileId);
    this.#origins.forget(fileId);
    this.#parts.inBackground(this.#judgeAgain(arrival));
  }

  async enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const arrival = this.#arrivals.get(fileId);
    if (arrival === undefined) return NOT_HERE;
    const commit = await this.#parts.committer.commit(arrival.judged, order);
    const outcome = await this.#origins.completed(fileId, commit.outcome);
    const { mutable, stage } = arrival.message;
    if (mutable && outcome.done && outcome.sha256 !== undefined) this.#judgedContents.set(stage, outcome.sha256);
    arrival.commit = commit;
    // A failure promises nothing that would have to last; and no event at all tells of what was gone.
    if (!outcome.done) setImmediate(() => this.settled(fileId));
    else if (arrival.settled) this.#answer(fileId, arrival, commit);
    return outcome;
  }

  /** The event is on disk: whoever waits for this state is answered. */
  settled(fileId: string): void {
    const arrival = this.#arrivals.get(fileId);
    if (arrival === undefined) return;
    arrival.settled = true;
    if (arrival.commit !== null) this.#answer(fileId, arrival, arrival.commit);
  }

  #answer(fileId: string, arrival: Arrival, commit: Commit): void {
    this.#arrivals.delete(fileId);
    this.#parts.inBackground(this.#settle(arrival, commit));
  }

  async fill(message: Extract<FromView, { kind: 'fill' }>): Promise<void> {
    const { stage, file } = message;
    const errno = await fillStage(message, this.#parts.identities);
    const content = errno === 0 ? await hashOf(file).catch(() => null) : null;
    if (content !== null) this.#judgedContents.set(stage, content);
    this.#parts.tellView({ kind: 'filled', stage, errno: errno === 0 && content === null ? EIO : errno });
  }

  /** Without a judgement there is nothing to hold it against: an untouched file, or one of the medium that was only opened. */
  async compare({ stage, file }: Extract<FromView, { kind: 'compare' }>): Promise<void> {
    const judged = this.#judgedContents.get(stage);
    this.#judgedContents.delete(stage);
    const same = judged === undefined || (await hashOf(file)) === judged;
    this.#parts.tellView({ kind: 'compared', stage, same });
  }

  async #judgeAgain({ message: { stage }, judged }: Arrival): Promise<void> {
    await this.#letGo(judged);
    this.#parts.tellView({ kind: 'again', stage });
  }

  async #settle({ message: { stage, version }, judged }: Arrival, { errno, refused, synced }: Commit): Promise<void> {
    const durable = synced === undefined ? 0 : await synced.catch(errnoOf);
    const letGo = this.#letGo(judged);
    this.#parts.tellView({ kind: 'settled', stage, version, errno: errno === 0 ? durable : errno, refused });
    await letGo;
  }

  async #letGo({ stage, file, held }: Judged): Promise<void> {
    if (held) this.#parts.drop(stage, file);
    else await unlink(file).catch(() => undefined);
  }
}

const NOT_HERE: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The file is no longer under this guard.',
  gone: true,
};

/** SHA-256 in hex. */
async function hashOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    return await hashFile(file);
  } finally {
    await file.close();
  }
}
