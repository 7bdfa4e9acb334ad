/** Numbers of the FUSE protocol 7.x as the kernel's `include/uapi/linux/fuse.h` has them. */

export const FUSE_MAJOR = 7;
/** The newest minor version this codec was written against. */
export const FUSE_MINOR = 45;

export const OPCODE = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  create: 35,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
  readdirplus: 44,
  rename2: 45,
} as const;

/** Bits of INIT; those from 32 up travel in `flags2` and need `initExt`. */
export const INIT_FLAG = {
  asyncRead: 1n << 0n,
  atomicTruncate: 1n << 3n,
  bigWrites: 1n << 5n,
  readdirplus: 1n << 13n,
  readdirplusAuto: 1n << 14n,
  parallelDirectories: 1n << 18n,
  maxPages: 1n << 22n,
  cacheSymlinks: 1n << 23n,
  initExt: 1n << 30n,
  directIoMmap: 1n << 36n,
  passthrough: 1n << 37n,
  resend: 1n << 39n,
} as const;

/** What is told to the kernel unasked. `resend`: all that was read and not answered is to be read once more. */
export const NOTICE = { resend: 7 } as const;

export const OPEN_FLAG = { directIo: 1, keepCache: 2, passthrough: 128 } as const;

/** Which members of SETATTR count. */
export const SETATTR = { mode: 1, uid: 2, gid: 4, size: 8, atime: 16, mtime: 32, handle: 64, atimeNow: 128, mtimeNow: 256 } as const;

export const RENAME_NOREPLACE = 1;

export const IN_HEADER_BYTES = 40;
export const OUT_HEADER_BYTES = 16;
export const ATTR_BYTES = 88;
export const ENTRY_BYTES = 128;

/** What one READ or WRITE may carry; the kernel asks for `MAX_TRANSFER_BYTES / 4096` pages at most. */
export const MAX_TRANSFER_BYTES = 1 << 20;
/** The kernel refuses to read(2) a request into less than this. */
export const REQUEST_BYTES = MAX_TRANSFER_BYTES + 4096;
