import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  postflightRequest,
  postflightResponse,
  preflightRequest,
  preflightResponse,
  waitQuery,
  type WaitResponse,
  waitResponse,
} from '../../contracts/collector-api.ts';
import { failure } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError } from '../failure-error.ts';
import { commandsFor, POLICY } from '../signals.ts';
import { peerOf } from './peer.ts';

const BATCH_SIZE = 500;
const WAIT_MILLIS = 50_000;

/** `preflight`, `policy`, `postflight` and `wait` of docs/spec/collector-api.md section 3. */
export function exchangeRoutes(app: FastifyInstance, dependencies: Dependencies): void {
  const { store, now } = dependencies;
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post('/v1/preflight', { schema: { body: preflightRequest, response: { 200: preflightResponse } } }, async (request) => {
    const { agent } = peerOf(request);
    const { storedThrough } = await store.write('recordPreflight', { agent, now: now(), request: request.body });
    const commands = await store.write('takeCommands', { agent, now: now(), fresh: false });
    const release = await store.read('currentRelease', null);
    const policyVersion = release === null ? {} : { policyVersion: release.version };
    return { time: new Date(now()).toISOString(), batchSize: BATCH_SIZE, storedThrough, commands, ...policyVersion };
  });

  app.get('/v1/policy', async (request, reply) => {
    const release = await store.read('currentRelease', null);
    if (release === null) throw new FailureError(failure('DLP_API_NOT_FOUND', 'No policy was pushed yet.'));
    const tag = `"${release.sha256}"`;
    reply.header('etag', tag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    return reply.type('application/json').send(release.envelope);
  });

  routes.post('/v1/postflight', { schema: { body: postflightRequest, response: { 200: postflightResponse } } }, async (request) => {
    await store.write('recordPostflight', { agent: peerOf(request).agent, now: now(), request: request.body });
    return {};
  });

  routes.get('/v1/wait', { schema: { querystring: waitQuery, response: { 200: waitResponse } } }, async (request) => {
    const { agent } = peerOf(request);
    await store.write('recordSeen', { agent, now: now() });
    return waitForNews(dependencies, { agent, policyVersion: request.query.policyVersion, gone: request.signal });
  });
}

interface Waiter {
  readonly agent: string;
  readonly policyVersion: number;
  readonly gone: AbortSignal;
}

/** The wait ends with news, with the connection, with the collector, or after 50 seconds. */
async function waitForNews({ store, signals, now }: Dependencies, waiter: Waiter): Promise<WaitResponse> {
  const until = AbortSignal.any([AbortSignal.timeout(WAIT_MILLIS), waiter.gone, signals.stopped]);
  const topics = [POLICY, commandsFor(waiter.agent)];
  for (;;) {
    const changed = signals.next(topics, until);
    const release = await store.read('currentRelease', null);
    const fresh = await store.read('hasFreshCommands', { agent: waiter.agent, now: now() });
    if (until.aborted || fresh || (release !== null && release.version > waiter.policyVersion)) {
      // Never hand commands to a connection that is gone: they would count as delivered.
      const commands =
        fresh && !waiter.gone.aborted ? await store.write('takeCommands', { agent: waiter.agent, now: now(), fresh: true }) : [];
      return { commands, ...(release === null ? {} : { policyVersion: release.version }) };
    }
    await changed;
  }
}
