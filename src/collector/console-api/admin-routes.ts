import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { v7 as uuidv7 } from 'uuid';
import { commandRequest, fleetResponse, policyStatus, summaryResponse } from '../../contracts/collector-api.ts';
import { command } from '../../contracts/command.ts';
import { failure } from '../../contracts/errors.ts';
import { dsseEnvelope } from '../../contracts/policy.ts';
import { policyReference } from '../../contracts/verdict.ts';
import { envelopeText, reopenRelease, verifyRelease } from '../../policy/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError, valueOf } from '../failure-error.ts';
import { commandsFor, POLICY } from '../signals.ts';
import { adminOf } from './session.ts';

const ENVELOPE_BYTES = 12 * 1024 * 1024;
const COMMAND_MILLIS = 24 * 3_600_000;

/** `GET /api/fleet` and `GET /api/summary`. */
export function overviewRoutes(scope: FastifyInstance, { store, now }: Dependencies): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.get('/api/fleet', { schema: { response: { 200: fleetResponse } } }, () => store.read('queryFleet', null));
  routes.get('/api/summary', { schema: { response: { 200: summaryResponse } } }, () => store.read('querySummary', now()));
}

/** `GET /api/policy` and `POST /api/policies`. */
export function policyRoutes(scope: FastifyInstance, { store, organisation, signals, indexes, now }: Dependencies): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.get('/api/policy', { schema: { response: { 200: policyStatus } } }, async () => {
    const current = await store.read('currentRelease', null);
    if (current === null) return { current: null };
    const { release } = valueOf(reopenRelease(current.envelope, organisation.policyPublicKey));
    const shown = { ...release, source: withoutKeys(release.source) };
    return { current: { release: shown, pushed: new Date(current.pushed).toISOString(), pushedBy: current.by } };
  });

  // The signature is the protection, not the session: a stolen session can push nothing that was not signed offline.
  routes.post(
    '/api/policies',
    { bodyLimit: ENVELOPE_BYTES, schema: { body: dsseEnvelope, response: { 200: policyReference } } },
    async (request) => {
      const user = adminOf(request);
      const envelope = envelopeText(request.body);
      const verified = valueOf(verifyRelease(envelope, { publicKeyPem: organisation.policyPublicKey, now: new Date(now()) }));
      const { name, version } = verified.release;
      const added = valueOf(
        await store.write('addRelease', { name, version, envelope, sha256: verified.digest, now: now(), by: user.name }),
      );
      await store.write('addAudit', { time: now(), user: user.name, action: 'policy.pushed', detail: JSON.stringify(added) });
      await indexes.keepOnly(verified.policy['own-data'].map(({ sha256 }) => sha256));
      signals.raise(POLICY);
      return added;
    },
  );
}

/** Whoever has an index and its key can try values against it; who only reads the console needs neither. */
const withoutKeys = (source: string): string => source.replaceAll(/\b[0-9a-f]{32}\b/g, '<key>');

/** `POST /api/commands`. */
export function commandRoutes(scope: FastifyInstance, { store, signals, now }: Dependencies): void {
  scope
    .withTypeProvider<ZodTypeProvider>()
    .post('/api/commands', { schema: { body: commandRequest, response: { 200: command } } }, async (request) => {
      const user = adminOf(request);
      const { agent, body } = request.body;
      const issued = now();
      const order = { agent, id: uuidv7(), issued, expires: issued + COMMAND_MILLIS, by: user.name, body };
      if (!(await store.write('addCommand', order))) throw new FailureError(failure('DLP_API_NOT_FOUND', 'There is no such agent.'));
      await store.write('addAudit', { time: issued, user: user.name, action: 'command.issued', detail: JSON.stringify({ agent, body }) });
      signals.raise(commandsFor(agent));
      return { id: order.id, issued: new Date(issued).toISOString(), expires: new Date(order.expires).toISOString(), body };
    });
}
