import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiError } from '../contracts/collector-api.ts';
import { type ErrorCode, type Failure, failure } from '../contracts/errors.ts';
import { FailureError } from './failure-error.ts';

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  DLP_AUTH_REQUIRED: 401,
  DLP_AUTH_FAILED: 401,
  DLP_AUTH_REVOKED: 403,
  DLP_AUTH_FORBIDDEN: 403,
  DLP_ENROLL_TOKEN: 401,
  DLP_INGEST_IDENTITY: 403,
  DLP_INGEST_CHAIN: 409,
  DLP_INGEST_FORK: 409,
  DLP_POLICY_OLDER: 409,
  DLP_API_NOT_FOUND: 404,
  DLP_API_RATE: 429,
  DLP_STORE_IO: 503,
  DLP_STORE_FULL: 503,
  DLP_INTERNAL: 500,
};

/** Every refusal leaves as `{code, message, retryable}`; nothing else of an error does. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asFailure(error);
    if (known === null) request.log.error({ err: error }, 'request failed');
    void sendFailure(
      reply,
      known ?? failure('DLP_INTERNAL', 'The collector met a fault of its own; its log says which.', { retryable: true }),
      error.statusCode,
    );
  });
}

export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendFailure(reply, failure('DLP_API_NOT_FOUND', 'There is nothing at this address.'));
}

function sendFailure(reply: FastifyReply, { code, message, retryable }: Failure, frameworkStatus?: number): FastifyReply {
  const body: ApiError = { code, message, retryable };
  const status = STATUS[code] ?? frameworkStatus ?? 400;
  if (status === 503) reply.header('retry-after', '5');
  return reply.code(status).send(body);
}

function asFailure(error: FastifyError): Failure | null {
  if (error instanceof FailureError) return error.failure;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    return failure('DLP_API_BODY', `The request is not as the contract says: ${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim());
  }
  if (error.statusCode === 429) return failure('DLP_API_RATE', 'Too many requests. Wait a minute and try again.', { retryable: true });
  if (error.statusCode !== undefined && error.statusCode < 500) return failure('DLP_API_BODY', 'The request cannot be read.');
  return null;
}
