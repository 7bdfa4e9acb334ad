import koffi from 'koffi';
import { VIEW_TYPE } from '../mountinfo.ts';
import { MAX_TRANSFER_BYTES } from './protocol.ts';
import type { Time } from './request.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SYS_OPEN_TREE = 428;
const SYS_MOVE_MOUNT = 429;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o2000000;
const EFD_CLOEXEC = O_CLOEXEC;
const EFD_NONBLOCK = 0o4000;
const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;
const MNT_FORCE = 1;
const MNT_DETACH = 2;
const BACKING_OPEN = 0x4010_e501;
const BACKING_CLOSE = 0x4004_e502;
const UTIME_NOW = 0x3fff_ffff;
const UTIME_OMIT = 0x3fff_fffe;
const POLLIN = 1;
const POLLERR = 8;
const MFD_CLOEXEC = 1;
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;
const SIGKILL = 9;
const SYS_CLOSE_RANGE = 436;
const CLOSE_RANGE_CLOEXEC = 4;
const FIRST_OTHER = 3;
const LAST_OF_ALL = 0xffff_ffff;

export class SystemCallError extends Error {
  readonly errno: number;
  constructor(call: string, errno: number) {
    super(`${call} failed (errno ${errno})`);
    this.errno = errno;
  }
}

/** The calls that Node has not. Each throws SystemCallError. Paths are bytes. */
export interface SystemCalls {
  /** A descriptor that alone holds a copy of the mount at a folder: no path leads to it but `/proc/self/fd/N/`. */
  cloneMount(folder: Uint8Array): number;
  /** Gives such a copy a path again; the descriptor stays open and no longer holds it alone. */
  attachMount(clone: number, at: Uint8Array): void;
  mountView(device: number, at: Uint8Array): void;
  /** `how`: only when nobody uses it; out of sight, whoever uses it; the same, and every call under way fails. */
  unmount(at: Uint8Array, how: 'unused' | 'detach' | 'force'): void;
  makeEvent(): number;
  /** Waits until one is readable; gives which are. -1 waits for ever. */
  wait(descriptors: readonly [number, number], millis: number): readonly [boolean, boolean];
  /** Whether the other end of a descriptor is gone: of /dev/fuse, its view. */
  isOver(descriptor: number): boolean;
  /** A file that is nowhere but in memory, and ends with its last descriptor. */
  makeMemory(): number;
  /** A descriptor of a process, which no later process of the same number can be taken for; readable once it has ended. */
  openProcess(pid: number): number;
  /** A duplicate of another process's descriptor. */
  takeDescriptor(process: number, descriptor: number): number;
  killProcess(process: number): void;
  /** Programs that this process starts from now on get none of its descriptors but those they are given. */
  keepDescriptors(): void;
  openBacking(device: number, file: number): number;
  closeBacking(device: number, backing: number): void;
  /** Undefined leaves a time as it is. */
  setTimes(path: Uint8Array, accessed: Time | 'now' | undefined, modified: Time | 'now' | undefined): void;
}

export function loadSystemCalls(): SystemCalls {
  const libc = koffi.load(null);
  const openTree = libc.func('long syscall(long number, int folder, const void *path, unsigned int flags)');
  const moveMount = libc.func('long syscall(long number, int from, const void *fromPath, int to, const void *toPath, unsigned int flags)');
  const mount = libc.func('int mount(const char *source, const void *target, const char *type, unsigned long flags, const char *options)');
  const umount2 = libc.func('int umount2(const void *target, int flags)');
  const ioctl = libc.func('int ioctl(int descriptor, unsigned long request, void *argument)');
  const eventfd = libc.func('int eventfd(unsigned int value, int flags)');
  const poll = libc.func('int poll(void *descriptors, unsigned long count, int timeout)');
  const utimensat = libc.func('int utimensat(int folder, const void *path, const void *times, int flags)');
  const memfd = libc.func('int memfd_create(const char *name, unsigned int flags)');
  const pidfdOpen = libc.func('long syscall(long number, int pid, unsigned int flags)');
  const pidfdGetfd = libc.func('long syscall(long number, int process, int descriptor, unsigned int flags)');
  const pidfdSignal = libc.func('long syscall(long number, int process, int signal, void *info, unsigned int flags)');
  const closeRange = libc.func('long syscall(long number, unsigned int first, unsigned int last, unsigned int flags)');
  const polled = Buffer.alloc(16);

  return {
    cloneMount: (folder) => checked('open_tree', openTree(SYS_OPEN_TREE, AT_FDCWD, terminated(folder), OPEN_TREE_CLONE | O_CLOEXEC)),
    attachMount(clone, at) {
      const nothing = terminated(new Uint8Array(0));
      checked('move_mount', moveMount(SYS_MOVE_MOUNT, clone, nothing, AT_FDCWD, terminated(at), MOVE_MOUNT_F_EMPTY_PATH));
    },
    mountView(device, at) {
      const options = `fd=${device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions,max_read=${MAX_TRANSFER_BYTES}`;
      checked('mount', mount('sekisho', terminated(at), VIEW_TYPE, MS_NOSUID | MS_NODEV | MS_NOEXEC, options));
    },
    unmount(at, how) {
      const flags = how === 'unused' ? 0 : how === 'detach' ? MNT_DETACH : MNT_DETACH | MNT_FORCE;
      checked('umount2', umount2(terminated(at), flags));
    },
    makeEvent: () => checked('eventfd', eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
    wait([first, second], millis) {
      // struct pollfd { int fd; short events; short revents; }
      polled.writeInt32LE(first, 0);
      polled.writeInt32LE(POLLIN, 4);
      polled.writeInt32LE(second, 8);
      polled.writeInt32LE(POLLIN, 12);
      if (Number(poll(polled, 2, millis)) <= 0) return [false, false];
      return [polled.readInt16LE(6) !== 0, polled.readInt16LE(14) !== 0];
    },
    isOver(descriptor) {
      const one = Buffer.alloc(8);
      one.writeInt32LE(descriptor, 0);
      return Number(poll(one, 1, 0)) > 0 && (one.readInt16LE(6) & POLLERR) !== 0;
    },
    makeMemory: () => checked('memfd_create', memfd('sekisho', MFD_CLOEXEC)),
    openProcess: (pid) => checked('pidfd_open', pidfdOpen(SYS_PIDFD_OPEN, pid, 0)),
    takeDescriptor: (process, descriptor) => checked('pidfd_getfd', pidfdGetfd(SYS_PIDFD_GETFD, process, descriptor, 0)),
    killProcess: (process) => void checked('pidfd_send_signal', pidfdSignal(SYS_PIDFD_SEND_SIGNAL, process, SIGKILL, null, 0)),
    keepDescriptors: () => void checked('close_range', closeRange(SYS_CLOSE_RANGE, FIRST_OTHER, LAST_OF_ALL, CLOSE_RANGE_CLOEXEC)),
    openBacking(device, file) {
      // struct fuse_backing_map { s32 fd; u32 flags; u64 padding; }
      const map = Buffer.alloc(16);
      map.writeInt32LE(file, 0);
      return checked('FUSE_DEV_IOC_BACKING_OPEN', ioctl(device, BACKING_OPEN, map));
    },
    closeBacking(device, backing) {
      const id = Buffer.alloc(4);
      id.writeUInt32LE(backing, 0);
      checked('FUSE_DEV_IOC_BACKING_CLOSE', ioctl(device, BACKING_CLOSE, id));
    },
    setTimes(path, accessed, modified) {
      const times = Buffer.alloc(32);
      writeTime(times, 0, accessed);
      writeTime(times, 16, modified);
      checked('utimensat', utimensat(AT_FDCWD, terminated(path), times, AT_SYMLINK_NOFOLLOW));
    },
  };
}

function writeTime(times: Buffer, at: number, time: Time | 'now' | undefined): void {
  if (time === undefined || time === 'now') {
    times.writeBigInt64LE(BigInt(time === 'now' ? UTIME_NOW : UTIME_OMIT), at + 8);
    return;
  }
  times.writeBigInt64LE(time.seconds, at);
  times.writeBigInt64LE(BigInt(time.nanoseconds), at + 8);
}

function checked(call: string, returned: unknown): number {
  const value = Number(returned);
  if (value < 0) throw new SystemCallError(call, koffi.errno());
  return value;
}

const terminated = (path: Uint8Array): Buffer => Buffer.concat([path, Buffer.of(0)]);
