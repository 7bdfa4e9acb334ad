import { z } from 'zod';

/**
 * Every error code that leaves a module, in one place. Messages are for people, codes for programs;
 * docs/errors.md lists them with what to do. `DLP_AREA_REASON`.
 */
export const ERROR_CODES = [
  'DLP_AGE_HEADER',
  'DLP_AGE_NO_MATCH',
  'DLP_AGE_PAYLOAD',
  'DLP_AGE_RECIPIENT',
  'DLP_AGE_IDENTITY',
  'DLP_FILE_EXISTS',
  'DLP_FILE_NOT_FOUND',
  'DLP_FILE_CHANGED',
  'DLP_FILE_NOT_REGULAR',
  'DLP_FILE_IO',
  'DLP_FILE_NO_SPACE',
  'DLP_FILE_PERMISSION',
  'DLP_FILE_OUTSIDE',
  'DLP_POLICY_SYNTAX',
  'DLP_POLICY_SCHEMA',
  'DLP_POLICY_UNSIGNED',
  'DLP_POLICY_SIGNATURE',
  'DLP_POLICY_OLDER',
  'DLP_POLICY_EXPIRED',
  'DLP_POLICY_NOT_YET',
  'DLP_POLICY_TYPE',
  'DLP_OWN_DATA_INDEX',
  'DLP_OWN_DATA_SOURCE',
  'DLP_ORG_EXISTS',
  'DLP_ORG_MISSING',
  'DLP_KEY_FILE',
  'DLP_ENROLL_TOKEN',
  'DLP_ENROLL_CSR',
  'DLP_ENROLL_CA',
  'DLP_ENROLL_MISSING',
  'DLP_INGEST_IDENTITY',
  'DLP_INGEST_CHAIN',
  'DLP_INGEST_FORK',
  'DLP_INGEST_HEAD',
  'DLP_INGEST_BODY',
  'DLP_AUTH_REQUIRED',
  'DLP_AUTH_FAILED',
  'DLP_AUTH_REVOKED',
  'DLP_AUTH_FORBIDDEN',
  'DLP_API_NOT_FOUND',
  'DLP_API_BODY',
  'DLP_API_RATE',
  'DLP_STATE_IN_USE',
  'DLP_STORE_IO',
  'DLP_STORE_FULL',
  'DLP_IPC_PROTOCOL',
  'DLP_IPC_METHOD',
  'DLP_IPC_PARAMS',
  'DLP_IPC_PRIVILEGE',
  'DLP_IPC_PEER',
  'DLP_IPC_CLOSED',
  'DLP_IPC_ENDPOINT',
  'DLP_IPC_TIMEOUT',
  'DLP_QUARANTINE_MISSING',
  'DLP_QUARANTINE_FULL',
  'DLP_GUARD_START',
  'DLP_GUARD_MODE',
  'DLP_GUARD_UNFINISHED',
  'DLP_VERIFY_FAILED',
  'DLP_USB_UNAVAILABLE',
  'DLP_DEVICE_DENY',
  'DLP_MEDIUM_RECORD',
  'DLP_SERVICE_INSTALL',
  'DLP_VOLUME_REMOVED',
  'DLP_VOLUME_UNAVAILABLE',
  'DLP_VOLUME_BUSY',
  'DLP_VOLUME_DENY',
  'DLP_SESSION_UNAVAILABLE',
  'DLP_LOCK_FAILED',
  'DLP_SYNC_OFFLINE',
  'DLP_SYNC_REFUSED',
  'DLP_CLI_USAGE',
  'DLP_INTERNAL',
] as const;
export const errorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCode>;

/** An expected failure. `message` tells a person what happened and what to do; it never holds file contents. */
export interface Failure<C extends ErrorCode = ErrorCode> {
  readonly code: C;
  readonly message: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
}

export const failure = <const C extends ErrorCode>(
  code: C,
  message: string,
  more: { retryable?: boolean; cause?: unknown } = {},
): Failure<C> => ({
  code,
  message,
  retryable: more.retryable ?? false,
  ...(more.cause === undefined ? {} : { cause: more.cause }),
});
