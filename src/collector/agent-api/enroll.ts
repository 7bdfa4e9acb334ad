import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { v7 as uuidv7 } from 'uuid';
import { enrollRequest, enrollResponse } from '../../contracts/collector-api.ts';
import { displayName } from '../../core/display-name.ts';
import { hashTokenSecret, issueAgentCertificate, readCsr, serialOf } from '../../pki/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError, valueOf } from '../failure-error.ts';
import { tokenRefused } from '../store/agents.ts';

const CERTIFICATE_DAYS = 365;
/** A whole office may enrol from one address; a guesser of 256-bit secrets is not helped by this many. */
const TRIES_PER_MINUTE = 300;

/** `POST /v1/enroll`: the only route without a client certificate. */
export function enrollRoute(app: FastifyInstance, { store, organisation, now }: Dependencies): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/enroll',
    {
      schema: { body: enrollRequest, response: { 200: enrollResponse } },
      config: { rateLimit: { max: TRIES_PER_MINUTE, timeWindow: '1 minute' } },
    },
    async ({ body }) => {
      const tokenHash = hashTokenSecret(body.token);
      // Before any work on keys: whoever has no token costs us one look-up.
      if (!(await store.read('isTokenOpen', { hash: tokenHash, now: now() }))) throw new FailureError(tokenRefused());
      const publicKey = valueOf(readCsr(body.csr));
      const agent = uuidv7();
      const certificate = issueAgentCertificate(organisation.authority, { agent, publicKey, days: CERTIFICATE_DAYS, now: now() });
      const serial = serialOf(new X509Certificate(certificate));
      const enrolment = { tokenHash, agent, host: displayName(body.host), os: displayName(body.os), serial, certificate, now: now() };
      valueOf(await store.write('enrol', enrolment));
      return {
        agent,
        certificate,
        ca: organisation.authority.certificate,
        policyKey: organisation.policyPublicKey,
        groupIdentity: organisation.groupIdentity,
      };
    },
  );
}
