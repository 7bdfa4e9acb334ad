import type { Failure } from '../contracts/errors.ts';
import type { Result } from '../contracts/result.ts';

/** Carries an expected failure through Fastify's handlers to the one place that answers it (`http-errors.ts`). */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message, { cause: failure.cause });
    this.failure = failure;
  }
}

/** The value, or the failure as the answer to the request. */
export function valueOf<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new FailureError(result.error);
  return result.value;
}
