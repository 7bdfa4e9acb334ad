import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type EventsQuery, eventsPage, eventsQuery } from '../../contracts/collector-api.ts';
import type { Dependencies } from '../dependencies.ts';
import { EVENTS } from '../signals.ts';
import { currentUser, userOf } from './session.ts';

const STREAM_PAGE = 200;
/** Proxies drop silent connections; it is also how often the session is looked at again. */
const HEARTBEAT_MILLIS = 25_000;

/** `GET /api/events` and `GET /api/events/stream`. */
export function eventRoutes(scope: FastifyInstance, dependencies: Dependencies): void {
  const { store, now } = dependencies;
  scope
    .withTypeProvider<ZodTypeProvider>()
    .get('/api/events', { schema: { querystring: eventsQuery, response: { 200: eventsPage } } }, async (request) => {
      const detail = lookDetail(request.query);
      if (detail !== null) await store.write('addAudit', { time: now(), user: userOf(request).name, action: 'events.searched', detail });
      return store.read('queryEvents', request.query);
    });

  scope.get('/api/events/stream', async (request, reply) => {
    const lines = Readable.from(follow(dependencies, request));
    return reply.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(lines);
  });
}

/** What of a look is worth keeping: that somebody searched for a person, a PC or a word. */
function lookDetail({ text, user, agent, before }: EventsQuery): string | null {
  if (before !== undefined || (text === undefined && user === undefined && agent === undefined)) return null;
  return JSON.stringify({ text, user, agent });
}

/** Server-sent events: each stored event once, from now or from behind `Last-Event-ID`. Ends with the session. */
async function* follow(dependencies: Dependencies, request: FastifyRequest): AsyncGenerator<string> {
  const { store, signals } = dependencies;
  const ended = AbortSignal.any([request.signal, signals.stopped]);
  let row = await startRow(dependencies, request);
  yield ': connected\n\n';
  while (!ended.aborted && (await currentUser(dependencies, request)) !== null) {
    const changed = signals.next([EVENTS], AbortSignal.any([ended, AbortSignal.timeout(HEARTBEAT_MILLIS)]));
    const events = await store.read('eventsAfter', { row, limit: STREAM_PAGE });
    for (const stored of events) yield `id: ${stored.row}\ndata: ${JSON.stringify(stored.event)}\n\n`;
    row = events.at(-1)?.row ?? row;
    if (events.length === STREAM_PAGE) continue;
    await changed;
    yield ': here\n\n';
  }
}

async function startRow({ store }: Dependencies, request: FastifyRequest): Promise<number> {
  const last = request.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : store.read('lastEventRow', null);
}
