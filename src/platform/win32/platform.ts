import { homedir, release, userInfo, version } from 'node:os';
import { failure } from '../../contracts/errors.ts';
import { err, ok } from '../../contracts/result.ts';
import { TraySessions } from '../tray-sessions.ts';
import type { Platform } from '../types.ts';
import { UsbDevices } from '../usb/usb-devices.ts';
import { consoleUser, isElevated } from './accounts.ts';
import { loadDriveCalls } from './kernel32.ts';
import { windowsPaths } from './paths.ts';
import { WindowsVolumes } from './volumes.ts';

export function createWindowsPlatform(): Platform {
  const privileged = isElevated();
  const { env: environment } = process;
  return {
    os: 'win32',
    description: `${version()} ${release()}`,
    privileged,
    paths: windowsPaths({ admin: privileged, userName: userInfo().username, home: homedir(), environment }),
    devices: () => new UsbDevices({ probe: () => true }),
    volumes: () => new WindowsVolumes({ calls: loadDriveCalls, systemDrive: (environment['SystemDrive'] ?? 'C:').charAt(0).toUpperCase() }),
    sessions: (tray) => tray ?? new TraySessions(Date.now),
    // Node shows no handle of a pipe, so Windows cannot be asked who is at its other end: everyone counts as the person at
    // the screen, and nobody as an administrator.
    peerOf: () => ok({ pid: 0, name: consoleUser(), admin: false }),
    actorOf: () => ({ name: 'unknown', basis: 'unknown' }),
    denyVolume: () =>
      Promise.resolve(
        err(failure('DLP_VOLUME_DENY', 'On Windows this agent cannot take a drive away; what is copied to it is inspected.')),
      ),
    mountTemporarily: () =>
      Promise.resolve(err(failure('DLP_GUARD_START', 'Mounting is left to Windows: name the mounted volume with --dir instead.'))),
    gaps: () => [
      ...(privileged ? [] : (['not-privileged'] as const)),
      'view-unavailable',
      'volume-deny-unavailable',
      'block-is-after-mount',
      'raw-device-writes',
      'media-transfer-devices',
      'session-needs-tray',
      'peer-identity-unknown',
      'owner-unknown',
    ],
  };
}
