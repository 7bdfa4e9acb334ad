import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { type Database, openForReading, openForWriting, storeFailure } from './database.ts';
import { type Operation, READS, WRITES } from './operations.ts';
import { indexNextEvents } from './search-index.ts';
import type { Answer, Call, WorkerOptions } from './worker-protocol.ts';

/** Bounds how long the first request of a group waits for the last. */
const LARGEST_GROUP = 64;
/** The search index is made when nothing was written for so long ... */
const QUIET_MILLIS = 100;
/** ... or, under a load that never ends, now and then all the same. */
const INDEX_EVERY_GROUPS = 50;

const options: WorkerOptions = z.object({ path: z.string(), role: z.enum(['writer', 'reader']) }).parse(workerData);
const operations: ReadonlyMap<string, Operation> = new Map(Object.entries(options.role === 'writer' ? WRITES : READS));
const database = options.role === 'writer' ? openForWriting(options.path) : openForReading(options.path);
if (options.role === 'writer') serveWrites(database);
else serveReads(database);
// The first message, without answers, says that the store is open.
send([]);

function send(answers: Answer[]): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(answers);
}

function serveReads(reader: Database): void {
  parentPort?.on('message', (call: Call) => send([attempt(call, () => run(reader, call))]));
}

/**
 * Group commit: everything that came in while the last group was written goes into one transaction, so that one flush of
 * the medium serves many requests. Answers leave after the commit.
 */
function serveWrites(writer: Database): void {
  const waiting: Call[] = [];
  let groups = 0;
  let isScheduled = false;
  const quiet = setTimeout(() => indexStep(), QUIET_MILLIS);

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(commitNext);
  };
  const commitNext = (): void => {
    isScheduled = false;
    const calls = waiting.splice(0, LARGEST_GROUP);
    groups += 1;
    send(commitTogether(writer, calls));
    if (groups % INDEX_EVERY_GROUPS === 0) indexQuietly(writer);
    if (waiting.length > 0) schedule();
    else quiet.refresh();
  };
  const indexStep = (): void => {
    if (waiting.length === 0 && indexQuietly(writer)) setImmediate(indexStep);
  };
  parentPort?.on('message', (call: Call) => {
    waiting.push(call);
    schedule();
  });
}

function commitTogether(writer: Database, calls: readonly Call[]): Answer[] {
  try {
    return writer.transaction(() => calls.map((call) => ({ id: call.id, value: run(writer, call) })));
  } catch {
    // One of them spoiled the group, or the medium is full: each alone tells which.
    return calls.map((call) => attempt(call, () => writer.transaction(() => run(writer, call))));
  }
}

function run(on: Database, call: Call): unknown {
  const operation = operations.get(call.name);
  if (operation === undefined) throw new TypeError(`the store has no operation ${call.name}`);
  return operation(on, call.input);
}

function attempt(call: Call, work: () => unknown): Answer {
  try {
    return { id: call.id, value: work() };
  } catch (error) {
    try {
      const { code, message, retryable } = storeFailure(error);
      return { id: call.id, failure: { code, message, retryable } };
    } catch {
      return { id: call.id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }
}

/** The index is made from what is stored: when the disk is full it waits for the next time, and search reads the rest directly. */
function indexQuietly(writer: Database): boolean {
  try {
    return indexNextEvents(writer);
  } catch (error) {
    storeFailure(error);
    return false;
  }
}
