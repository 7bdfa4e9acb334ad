import { addToken, enrol, isTokenOpen, recordPostflight, recordPreflight, recordSeen, revokeAgent } from './agents.ts';
import { addCommand, hasFreshCommands, takeCommands } from './commands.ts';
import type { Database } from './database.ts';
import { eventsAfter, lastEventRow, queryEvents } from './event-queries.ts';
import { queryFleet, querySummary } from './fleet-queries.ts';
import { ingest } from './ingest.ts';
import { addRelease, currentRelease } from './releases.ts';
import { addAudit, addSession, putUser, removeSession, sessionUser, userByName } from './users.ts';

/** What the one writing thread does. Each runs within a transaction that is on the medium before its answer is given. */
export const WRITES = {
  addAudit,
  addCommand,
  addRelease,
  addSession,
  addToken,
  enrol,
  ingest,
  putUser,
  recordPostflight,
  recordPreflight,
  recordSeen,
  removeSession,
  revokeAgent,
  takeCommands,
};

/** What the reading thread does, beside the writer and never in its way. */
export const READS = {
  currentRelease: (database: Database, _input: null) => currentRelease(database),
  eventsAfter,
  hasFreshCommands,
  isTokenOpen,
  lastEventRow: (database: Database, _input: null) => lastEventRow(database),
  queryEvents,
  queryFleet: (database: Database, _input: null) => queryFleet(database),
  querySummary,
  sessionUser,
  userByName,
};

export type Writes = typeof WRITES;
export type Reads = typeof READS;

// The two tables are the only place where a name becomes a function, so an unknown name can reach nothing else.
// `never` as input: the caller's side (`store.ts`) holds the real types.
export type Operation = (database: Database, input: never) => unknown;
