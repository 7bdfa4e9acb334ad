import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { type HeadState, openStoreReader } from '../collector/index.ts';
import { failure, type Failure } from '../contracts/errors.ts';
import { type AgentEvent, agentEvent } from '../contracts/event.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { callerPath } from './context.ts';

export interface EventSourceOptions {
  /** State folder of a collector. */
  readonly store?: string;
  /** JSON Lines, as `events export` writes them. */
  readonly file?: string;
  /** Database of an agent's spool. */
  readonly spool?: string;
}

/** Events at rest, wherever they lie: by agent, each agent's in order of sequence. */
export interface EventSource {
  texts(): AsyncIterable<string> | Iterable<string>;
  latest(limit: number): Promise<string[]>;
  /** Null where no signed head is kept. */
  headOf(agent: string): HeadState | null;
  /** Events from the beginning of the chain may rightly be gone. */
  readonly startsLate: boolean;
  close(): void;
}

export function openEventSource({ store, file, spool }: EventSourceOptions): Result<EventSource, Failure> {
  if ([store, file, spool].filter((given) => given !== undefined).length !== 1) {
    return err(failure('DLP_CLI_USAGE', 'Say where the events are: one of --store, --file and --spool.'));
  }
  if (store !== undefined) return fromStore(callerPath(store));
  return file === undefined ? fromSpool(callerPath(spool ?? '')) : fromFile(callerPath(file));
}

/** Null for a text that is no event. Accepts the collector's own form, with `received`, too. */
export function readEventText(text: string): AgentEvent | null {
  try {
    const json: unknown = JSON.parse(text);
    const inner = typeof json === 'object' && json !== null && 'event' in json ? json.event : json;
    const parsed = agentEvent.safeParse(inner);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function fromStore(state: string): Result<EventSource, Failure> {
  const reader = openStoreReader(state);
  if (!reader.ok) return reader;
  const { value } = reader;
  return ok({
    texts: () => value.events(),
    latest: async (limit) => value.latest(limit),
    headOf: (agent) => value.headOf(agent),
    startsLate: false,
    close: () => value.close(),
  });
}

function fromFile(path: string): Result<EventSource, Failure> {
  if (!existsSync(path)) return err(failure('DLP_FILE_NOT_FOUND', `There is no file ${path}.`));
  return ok({
    texts: () => linesOf(path),
    latest: async (limit) => {
      const last: string[] = [];
      for await (const line of linesOf(path)) {
        last.push(line);
        if (last.length > limit) last.shift();
      }
      return last;
    },
    headOf: () => null,
    startsLate: false,
    close: () => undefined,
  });
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield line;
  }
}

/** Read-only: the agent may be running. Acknowledged events that were pruned are not there any more. */
function fromSpool(path: string): Result<EventSource, Failure> {
  if (!existsSync(path)) return err(failure('DLP_FILE_NOT_FOUND', `There is no spool at ${path}.`));
  const database = new DatabaseSync(path, { readOnly: true });
  const select = (sql: string, ...values: number[]): string[] =>
    database
      .prepare(sql)
      .all(...values)
      .map((row) => String(row['json']));
  return ok({
    texts: () => select('SELECT json FROM events ORDER BY sequence'),
    latest: async (limit) => select('SELECT json FROM events ORDER BY sequence DESC LIMIT ?', limit).toReversed(),
    headOf: () => null,
    startsLate: true,
    close: () => database.close(),
  });
}
