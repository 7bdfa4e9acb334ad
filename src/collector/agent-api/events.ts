import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type EventsResponse, eventsResponse } from '../../contracts/collector-api.ts';
import type { Dependencies } from '../dependencies.ts';
import { valueOf } from '../failure-error.ts';
import { EVENTS } from '../signals.ts';
import { peerOf } from './peer.ts';

const LARGEST_BATCH_BYTES = 16 * 1024 * 1024;

/**
 * `POST /v1/events`. The body is neither parsed nor copied on this thread: its bytes are given to the store's, which answers
 * once they are on the medium. Takes a scope of its own, since that is how Fastify keeps one route's parser from the others.
 */
export function eventsRoute(scope: FastifyInstance, { store, signals, now }: Dependencies): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope
    .withTypeProvider<ZodTypeProvider>()
    .post(
      '/v1/events',
      { bodyLimit: LARGEST_BATCH_BYTES, schema: { response: { 200: eventsResponse } } },
      async (request): Promise<EventsResponse> => {
        const { agent, serial } = peerOf(request);
        const body = ownBytes(request.body);
        const outcome = valueOf(await store.write('ingest', { agent, serial, body, received: now() }, [body.buffer]));
        if (outcome.accepted > 0) signals.raise(EVENTS);
        return outcome;
      },
    );
}

/** Small bodies lie in Node's shared pool, which must not be given away. */
function ownBytes(body: unknown): Uint8Array<ArrayBuffer> {
  if (!(body instanceof Uint8Array)) return new Uint8Array();
  const { buffer } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === body.byteLength ? new Uint8Array(buffer) : new Uint8Array(body);
}
