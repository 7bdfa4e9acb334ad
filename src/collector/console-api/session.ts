import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loginRequest, type SessionInfo, sessionInfo } from '../../contracts/collector-api.ts';
import { failure } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { FailureError } from '../failure-error.ts';
import { verifyPassword } from './passwords.ts';

declare module 'fastify' {
  interface FastifyRequest {
    user: SessionInfo | null;
  }
}

const COOKIE = 'sekisho_session';
const SESSION_MILLIS = 12 * 3_600_000;
const LOGINS_PER_MINUTE = 10;

const hashSession = (value: string): string => createHash('sha256').update(value).digest('hex');

/** `POST /api/login`, open to all. */
export function loginRoute(app: FastifyInstance, { store, now }: Dependencies, secure: boolean): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/api/login',
    {
      schema: { body: loginRequest, response: { 200: sessionInfo } },
      config: { rateLimit: { max: LOGINS_PER_MINUTE, timeWindow: '1 minute' } },
    },
    async ({ body }, reply) => {
      const user = await store.read('userByName', body.name);
      if (!(await verifyPassword(body.password, user?.password ?? null)) || user === null) {
        throw new FailureError(failure('DLP_AUTH_FAILED', 'The name or the password is wrong.'));
      }
      const value = randomBytes(32).toString('base64url');
      await store.write('addSession', { hash: hashSession(value), user: user.name, now: now(), expires: now() + SESSION_MILLIS });
      await store.write('addAudit', { time: now(), user: user.name, action: 'session.opened', detail: '' });
      setCookie(reply, value, secure);
      return { name: user.name, role: user.role };
    },
  );
}

/** Refuses every request of the scope without a session. */
export function requireSession(scope: FastifyInstance, dependencies: Dependencies): void {
  scope.addHook('onRequest', async (request) => {
    request.user = await currentUser(dependencies, request);
    if (request.user === null) throw new FailureError(failure('DLP_AUTH_REQUIRED', 'Please sign in.'));
  });
}

/** Asked again by long answers: a session may end while they last. */
export async function currentUser({ store, now }: Dependencies, request: FastifyRequest): Promise<SessionInfo | null> {
  const value = request.cookies[COOKIE];
  return value === undefined ? null : store.read('sessionUser', { hash: hashSession(value), now: now() });
}

/** `GET /api/session` and `POST /api/logout`, within a scope with `requireSession`. */
export function sessionRoutes(scope: FastifyInstance, { store }: Dependencies, secure: boolean): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.get('/api/session', { schema: { response: { 200: sessionInfo } } }, async (request) => userOf(request));
  routes.post('/api/logout', { schema: { body: z.strictObject({}), response: { 200: z.strictObject({}) } } }, async (request, reply) => {
    await store.write('removeSession', hashSession(request.cookies[COOKIE] ?? ''));
    reply.clearCookie(COOKIE, cookieOptions(secure));
    return {};
  });
}

/** @throws Error outside a scope with `requireSession`: a route in the wrong place. */
export function userOf(request: FastifyRequest): SessionInfo {
  if (request.user === null) throw new Error('the route is outside the scope of signed-in users');
  return request.user;
}

export function adminOf(request: FastifyRequest): SessionInfo {
  const user = userOf(request);
  if (user.role !== 'admin') throw new FailureError(failure('DLP_AUTH_FORBIDDEN', 'Only administrators may do this.'));
  return user;
}

const cookieOptions = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure }) as const;

function setCookie(reply: FastifyReply, value: string, secure: boolean): void {
  reply.setCookie(COOKIE, value, { ...cookieOptions(secure), maxAge: SESSION_MILLIS / 1000 });
}
