import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ServerOptions } from 'node:https';
import type { Dependencies } from '../dependencies.ts';
import { answerErrors, answerNotFound } from '../http-errors.ts';
import { enrollRoute } from './enroll.ts';
import { eventsRoute } from './events.ts';
import { exchangeRoutes } from './exchange.ts';
import { indexRoute } from './index-route.ts';
import { type PeerCertificate, requireAgent, tlsPeerCertificate } from './peer.ts';

const BODY_BYTES = 256 * 1024;
const REQUEST_MILLIS = 60_000;
const HEADERS_MILLIS = 15_000;

export interface AgentApiOptions {
  /** Absent: plain HTTP, which only `inject` in tests may use, with a `peerCertificate` of its own. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly peerCertificate?: PeerCertificate;
  /** The longest a request may take to arrive; a client that is slower is cut off. */
  readonly requestMillis?: number;
  readonly log?: FastifyBaseLogger;
}

/** The agents' half of the API, not listening yet. docs/spec/collector-api.md sections 1 to 4. */
export async function buildAgentApi(dependencies: Dependencies, options: AgentApiOptions): Promise<FastifyInstance> {
  const requestTimeout = options.requestMillis ?? REQUEST_MILLIS;
  const timeouts = {
    headersTimeout: Math.min(HEADERS_MILLIS, requestTimeout),
    requestTimeout,
    connectionsCheckingInterval: Math.min(5000, requestTimeout),
  };
  const app: FastifyInstance = Fastify({
    ...(options.tls === undefined ? { http: timeouts } : { https: { ...tlsOptions(dependencies, options.tls), ...timeouts } }),
    ...(options.log === undefined ? {} : { loggerInstance: options.log }),
    bodyLimit: BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout,
    keepAliveTimeout: 75_000,
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('peer', null);
  answerErrors(app);
  app.setNotFoundHandler(answerNotFound);
  await app.register(rateLimit, { global: false });
  await app.register(async (scope) => enrollRoute(scope, dependencies));
  await app.register(async (scope) => {
    requireAgent(scope, dependencies.store, options.peerCertificate ?? tlsPeerCertificate);
    exchangeRoutes(scope, dependencies);
    await scope.register(async (inner) => eventsRoute(inner, dependencies));
    await scope.register(async (inner) => indexRoute(inner, dependencies));
  });
  return app;
}

/**
 * A certificate is asked for but not required, since enrolment comes before there is one; what TLS thinks of it is checked
 * for every other route. Our own chain is sent with its root, so that an enrolling agent can compare it with its token.
 */
function tlsOptions({ organisation }: Dependencies, tls: { key: string; cert: string }): ServerOptions {
  return {
    key: tls.key,
    cert: `${tls.cert}\n${organisation.authority.certificate}`,
    ca: organisation.authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  };
}
