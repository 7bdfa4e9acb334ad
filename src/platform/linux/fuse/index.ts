/** The door of the FUSE protocol and of the calls beside it. For the fuse guard alone: whoever loads it runs on Linux. */
export * from './protocol.ts';
export { factsOfProcess, localReads, NO_FACTS, openAgain, type OpenFile, type ProcessFacts } from './process-facts.ts';
export { decodeRequest, type Operation, type Request, type Time } from './request.ts';
export {
  type Attributes,
  DirectoryPage,
  encodeAttributes,
  encodeCreated,
  encodeEntry,
  encodeInit,
  encodeNotice,
  encodeOpened,
  encodeReply,
  encodeStatfs,
  encodeWritten,
  type Entry,
  type Opened,
  writeReplyHeader,
} from './reply.ts';
export { detachStaleViews, viewAt } from './stale-views.ts';
export { loadSystemCalls, SystemCallError, type SystemCalls } from './system-calls.ts';
