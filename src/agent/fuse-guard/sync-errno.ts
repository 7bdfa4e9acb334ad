import { fsync } from 'node:fs';
import { EINVAL, errnoOf } from './errno.ts';

/** Errno of fsync(2), 0 for success. A filesystem that cannot sync a folder says EINVAL: there is nothing more to be done then. */
export function syncErrno(descriptor: number): Promise<number> {
  return new Promise((resolve) =>
    fsync(descriptor, (error) => {
      const errno = error === null ? 0 : errnoOf(error);
      resolve(errno === EINVAL ? 0 : errno);
    }),
  );
}
