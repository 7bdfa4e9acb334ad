import type { AgentEvent } from '../../contracts/event.ts';

/** Well below what the collector takes in one body. */
const LARGEST_BATCH_BYTES = 4 * 1024 * 1024;

/** As many of the first events as fit into one request; at least one. */
export function fittingBatch(events: readonly AgentEvent[], limit = LARGEST_BATCH_BYTES): AgentEvent[] {
  let bytes = 0;
  const end = events.findIndex((event, index) => {
    bytes += Buffer.byteLength(JSON.stringify(event));
    return index > 0 && bytes > limit;
  });
  return end === -1 ? [...events] : events.slice(0, end);
}
