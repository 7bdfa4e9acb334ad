import { constants } from 'node:os';

export const {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EFBIG,
  EINTR,
  EINVAL,
  EIO,
  EISDIR,
  ENAMETOOLONG,
  ENOENT,
  ENOSPC,
  ENOSYS,
  ENOTEMPTY,
  EPERM,
  EROFS,
  ESTALE,
} = constants.errno;

/** An answer to the calling program that is not success. */
export class CallFailed extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** The number the kernel gave for what fs threw; EIO for anything else. */
export function errnoOf(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number' && error.errno !== 0) return Math.abs(error.errno);
  return EIO;
}
