import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { INDEX_PIECE_BYTES, indexParameters, indexPieceQuery, indexState } from '../../contracts/collector-api.ts';
import type { Dependencies } from '../dependencies.ts';
import { valueOf } from '../failure-error.ts';
import { adminOf } from './session.ts';

/** `GET` and `POST /api/indexes/<sha256>`. Takes a scope of its own for its body's type. */
export function indexRoutes(scope: FastifyInstance, { store, indexes, now }: Dependencies): void {
  scope.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.get('/api/indexes/:sha256', { schema: { params: indexParameters, response: { 200: indexState } } }, (request) => {
    adminOf(request);
    return indexes.state(request.params.sha256);
  });

  // As with policies, what protects is the signature: no agent takes an index that a signed policy does not name by its hash.
  routes.post(
    '/api/indexes/:sha256',
    { bodyLimit: INDEX_PIECE_BYTES, schema: { params: indexParameters, querystring: indexPieceQuery, response: { 200: indexState } } },
    async (request) => {
      const user = adminOf(request);
      const { sha256 } = request.params;
      const { offset, last } = request.query;
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const state = valueOf(await indexes.add({ sha256, offset, bytes, last }));
      if (last && state.complete)
        await store.write('addAudit', { time: now(), user: user.name, action: 'index.pushed', detail: JSON.stringify({ sha256 }) });
      return state;
    },
  );
}
