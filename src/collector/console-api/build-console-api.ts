import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import statics from '@fastify/static';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { failure } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError } from '../failure-error.ts';
import { answerErrors, answerNotFound } from '../http-errors.ts';
import { commandRoutes, overviewRoutes, policyRoutes } from './admin-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { indexRoutes } from './index-routes.ts';
import { loginRoute, requireSession, sessionRoutes } from './session.ts';

const BODY_BYTES = 64 * 1024;
const REQUEST_MILLIS = 60_000;

export interface ConsoleApiOptions {
  /** Absent: plain HTTP, meant for loopback and for a proxy in front. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Folder of the built console; absent where only the API is wanted. */
  readonly consoleRoot?: string;
  readonly log?: FastifyBaseLogger;
}

/** The console's half of the API and the console itself, not listening yet. docs/spec/collector-api.md section 5. */
export async function buildConsoleApi(dependencies: Dependencies, options: ConsoleApiOptions): Promise<FastifyInstance> {
  const secure = options.tls !== undefined;
  const app: FastifyInstance = Fastify({
    ...(options.tls === undefined ? {} : { https: { ...options.tls, minVersion: 'TLSv1.3' } }),
    ...(options.log === undefined ? {} : { loggerInstance: options.log }),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MILLIS,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('user', null);
  answerErrors(app);
  app.addHook('onRequest', async (request) => refuseForeignWrites(request, secure));
  await app.register(helmet, headerPolicy(secure));
  await app.register(rateLimit, { global: false });
  await app.register(cookie);
  await app.register(async (scope) => loginRoute(scope, dependencies, secure));
  await app.register(async (scope) => {
    requireSession(scope, dependencies);
    sessionRoutes(scope, dependencies, secure);
    eventRoutes(scope, dependencies);
    overviewRoutes(scope, dependencies);
    policyRoutes(scope, dependencies);
    commandRoutes(scope, dependencies);
    await scope.register(async (inner) => indexRoutes(inner, dependencies));
  });
  await servePages(app, options.consoleRoot);
  return app;
}

/** A page of another site can make a browser send our cookie's owner's requests; it cannot make it lie about the origin. */
async function refuseForeignWrites(request: FastifyRequest, secure: boolean): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (request.headers.origin !== `${secure ? 'https' : 'http'}://${request.headers.host}`) {
    throw new FailureError(failure('DLP_AUTH_FORBIDDEN', 'The request comes from another site.'));
  }
}

/** Mantine sets styles on elements, which is why styles may be inline; scripts may not. */
function headerPolicy(secure: boolean) {
  const self = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        imgSrc: self,
        fontSrc: self,
        connectSrc: self,
        manifestSrc: self,
        baseUri: ["'none'"],
        formAction: self,
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'no-referrer' as const },
    xFrameOptions: { action: 'deny' as const },
  };
}

/** The console finds its own way from an address such as /events, so every page is its index. */
async function servePages(app: FastifyInstance, root: string | undefined): Promise<void> {
  if (root === undefined) {
    app.setNotFoundHandler(answerNotFound);
    return;
  }
  await app.register(statics, { root, index: 'index.html', cacheControl: false });
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html');
    return isPage ? reply.sendFile('index.html') : answerNotFound(request, reply);
  });
}
