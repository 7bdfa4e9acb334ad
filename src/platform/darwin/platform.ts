import { execFile } from 'node:child_process';
import { homedir, release } from 'node:os';
import { join } from 'node:path';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { TraySessions } from '../tray-sessions.ts';
import type { Platform, PlatformPaths } from '../types.ts';
import { UsbDevices } from '../usb/usb-devices.ts';
import { accountName } from './accounts.ts';
import { peerOf } from './peer.ts';
import { DarwinVolumes } from './volumes.ts';

const PROGRAM_MILLIS = 15_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

export function createDarwinPlatform(): Platform {
  const privileged = process.geteuid?.() === 0;
  return {
    os: 'darwin',
    description: `macOS, Darwin ${release()}`,
    privileged,
    paths: darwinPaths(privileged, homedir()),
    devices: () => new UsbDevices({ probe: () => true }),
    volumes: () => new DarwinVolumes({ run: runProgram }),
    sessions: (tray) => tray ?? new TraySessions(Date.now),
    peerOf,
    actorOf: (uid) => ({ name: accountName(uid), basis: 'owner' }),
    denyVolume,
    mountTemporarily: () =>
      Promise.resolve(err(failure('DLP_GUARD_START', 'Mounting is left to macOS: name the mounted volume with --dir instead.'))),
    gaps: () => [
      ...(privileged ? [] : (['not-privileged', 'volume-deny-unavailable'] as const)),
      'view-unavailable',
      'block-is-after-mount',
      'raw-device-writes',
      'media-transfer-devices',
      'session-needs-tray',
    ],
  };
}

const SERVICE_ENDPOINT = '/var/run/sekisho/agent.sock';

export function darwinPaths(root: boolean, home: string): PlatformPaths {
  const support = 'Library/Application Support/Sekisho';
  const state = root ? join('/', support) : join(home, support);
  return {
    agentState: join(state, 'agent'),
    collectorState: join(state, 'collector'),
    orgState: join(state, 'org'),
    ipcEndpoint: root ? SERVICE_ENDPOINT : join(state, 'run', 'agent.sock'),
    serviceEndpoint: SERVICE_ENDPOINT,
  };
}

/** Unmounts by `diskutil`; for read-only, mounts it again so. */
async function denyVolume(volume: Volume, treatment: 'block' | 'read-only'): Promise<Result<void, Failure>> {
  const node = volume.devicePath;
  if (node === undefined) return err(failure('DLP_VOLUME_DENY', 'Only volumes on a disk can be taken away.'));
  const unmounted = await runProgram('/usr/sbin/diskutil', ['unmount', 'force', node]);
  if (unmounted === null) return err(failure('DLP_VOLUME_DENY', 'diskutil could not unmount the volume.', { retryable: true }));
  if (treatment === 'block') return ok(undefined);
  const mounted = await runProgram('/usr/sbin/diskutil', ['mount', 'readOnly', node]);
  return mounted === null
    ? err(failure('DLP_VOLUME_DENY', 'The volume was taken away, but could not be mounted read-only.'))
    : ok(undefined);
}

function runProgram(program: string, args: readonly string[], input?: string): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', timeout: PROGRAM_MILLIS, maxBuffer: MAX_OUTPUT_BYTES, env: { LC_ALL: 'C' } } as const;
    const child = execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : null));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
