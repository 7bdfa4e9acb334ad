import koffi from 'koffi';
import { Worker } from 'node:worker_threads';

const EFD_CLOEXEC = 0x80000;

export interface MountWatch {
  stop(): Promise<void>;
}

/**
 * Calls back after each change of the mount table. The kernel tells of one by POLLPRI on /proc/self/mountinfo, which
 * neither inotify nor libuv can wait for: a thread of its own sits in poll(2) and costs nothing until woken.
 */
export async function watchMounts(changed: () => void): Promise<MountWatch> {
  const libc = koffi.load(null);
  const eventfd = libc.func('int eventfd(unsigned int initval, int flags)');
  const write = libc.func('intptr_t write(int fd, const void *buffer, size_t count)');
  const close = libc.func('int close(int fd)');
  const stopFd: unknown = eventfd(0, EFD_CLOEXEC);
  if (typeof stopFd !== 'number' || stopFd < 0) throw new Error('eventfd(2) failed');

  const worker = new Worker(new URL('mount-watch-worker.ts', import.meta.url), {
    workerData: { stopFd },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  // A thread inside poll(2) cannot be ended from outside: without this, leaving the process would wait for it for ever.
  const wake = (): void => void write(stopFd, Buffer.from(BigUint64Array.of(1n).buffer), 8);
  process.once('exit', wake);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      worker.on('message', () => changed());
      resolve();
    });
  });
  worker.unref();
  return {
    async stop() {
      process.off('exit', wake);
      worker.ref();
      wake();
      await ended;
      close(stopFd);
    },
  };
}
