import { failure, type ErrorCode, type Failure } from '../contracts/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'DLP_FILE_NOT_FOUND',
  ENOTDIR: 'DLP_FILE_NOT_FOUND',
  EEXIST: 'DLP_FILE_EXISTS',
  ENOSPC: 'DLP_FILE_NO_SPACE',
  EDQUOT: 'DLP_FILE_NO_SPACE',
  EACCES: 'DLP_FILE_PERMISSION',
  EPERM: 'DLP_FILE_PERMISSION',
  EROFS: 'DLP_FILE_PERMISSION',
};
const PASSING = new Set(['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE', 'EINTR', 'ENOSPC', 'EDQUOT', 'EIO']);

const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  DLP_FILE_NOT_FOUND: 'The file is not there.',
  DLP_FILE_EXISTS: 'A file of that name is there already and was left as it is.',
  DLP_FILE_NO_SPACE: 'There is no space left. Nothing was changed; free some space and try again.',
  DLP_FILE_PERMISSION: 'The system does not allow it. Nothing was changed.',
};

/** Turns what Node's fs threw into an expected failure; anything that is no system error is a bug and is thrown on. */
export function fromErrno(error: unknown): Failure {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || !/^E[A-Z0-9]+$/.test(error.code)) throw error;
  const code = CODES[error.code] ?? 'DLP_FILE_IO';
  return failure(code, SENTENCES[code] ?? `Reading or writing failed (${error.code}).`, {
    retryable: PASSING.has(error.code),
    cause: error,
  });
}
