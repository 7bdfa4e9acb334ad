import { fdatasync, fsync } from 'node:fs';
import { EINVAL, errnoOf } from './errno.ts';

/** Errno of fsync(2), 0 for success. A filesystem that cannot sync a folder says EINVAL: there is nothing more to be done then. */
export function syncErrno(descriptor: number): Promise<number> {
  return new Promise((resolve) => fsync(descriptor, (error) => resolve(errnoIn(error))));
}

/** As `syncErrno`, of the bytes alone. */
export function dataSyncErrno(descriptor: number): Promise<number> {
  return new Promise((resolve) => fdatasync(descriptor, (error) => resolve(errnoIn(error))));
}

function errnoIn(error: NodeJS.ErrnoException | null): number {
  const errno = error === null ? 0 : errnoOf(error);
  return errno === EINVAL ? 0 : errno;
}
