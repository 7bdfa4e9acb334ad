import statics from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { indexParameters } from '../../contracts/collector-api.ts';
import { failure } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError } from '../failure-error.ts';
import { indexesInForce } from '../indexes-in-force.ts';

/** `GET /v1/indexes/<sha256>`: an index that the release in force names, with ranges, so that a broken download goes on. */
export async function indexRoute(scope: FastifyInstance, { store, organisation, indexes }: Dependencies): Promise<void> {
  await scope.register(statics, { root: indexes.path, serve: false, cacheControl: false });
  scope
    .withTypeProvider<ZodTypeProvider>()
    .get('/v1/indexes/:sha256', { schema: { params: indexParameters } }, async ({ params: { sha256 } }, reply) => {
      const named = await indexesInForce(store, organisation.policyPublicKey);
      if (!named.includes(sha256) || !(await indexes.state(sha256)).complete)
        throw new FailureError(failure('DLP_API_NOT_FOUND', 'The collector has no such index.'));
      return reply.type('application/octet-stream').sendFile(sha256);
    });
}
