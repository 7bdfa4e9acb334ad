import { existsSync, readFileSync } from 'node:fs';
import { homedir, release } from 'node:os';
import { join } from 'node:path';
import type { Platform, PlatformGap } from '../types.ts';
import { UsbDevices } from '../usb/usb-devices.ts';
import { accountName } from './accounts.ts';
import { setDeviceAccess } from './device-access.ts';
import { clearCovers, coverVolume } from './cover-volume.ts';
import { admitVolume, denyVolume } from './deny-volume.ts';
import { mountTemporarily } from './mount-device.ts';
import { linuxPaths } from './paths.ts';
import { peerOf } from './peer.ts';
import { LinuxSessions } from './sessions.ts';
import { readUsbDevice, USB_DEVICES } from './sysfs-usb.ts';
import { LinuxVolumes } from './volumes.ts';
import { hasX11Idle } from './x11-idle.ts';

const SYSTEM_BUS_SOCKET = '/run/dbus/system_bus_socket';

export function createLinuxPlatform(): Platform {
  const privileged = process.geteuid?.() === 0;
  return {
    os: 'linux',
    description: `${distribution()}, Linux ${release()}`,
    privileged,
    paths: linuxPaths({ root: privileged, home: homedir(), environment: process.env }),
    devices: () => new UsbDevices({ probe: () => existsSync(USB_DEVICES), enrich: (name) => readUsbDevice(join(USB_DEVICES, name), name) }),
    volumes: () => new LinuxVolumes(),
    sessions: (tray) => new LinuxSessions(tray ?? null),
    peerOf,
    actorOf: (uid) => ({ name: accountName(uid), basis: 'owner' }),
    denyVolume,
    admitVolume,
    ...(canCover(privileged) ? { coverVolume, clearCovers } : {}),
    setDeviceAccess: (device, access) => setDeviceAccess(device, access),
    mountTemporarily,
    gaps: () => gaps(privileged),
  };
}

/** A view is mounted by root, and served through this device. */
const canCover = (privileged: boolean): boolean => privileged && existsSync('/dev/fuse');

function gaps(privileged: boolean): PlatformGap[] {
  const found: PlatformGap[] = ['block-is-after-mount', 'other-mount-namespaces', 'raw-device-writes', 'media-transfer-devices'];
  found.push('wayland-idle-coarse');
  if (!canCover(privileged)) found.push('view-unavailable');
  if (!privileged) found.push('not-privileged', 'volume-deny-unavailable');
  if (!existsSync(USB_DEVICES)) found.push('usb-unavailable');
  if (process.env['DBUS_SYSTEM_BUS_ADDRESS'] === undefined && !existsSync(SYSTEM_BUS_SOCKET)) found.push('session-bus-missing');
  if (!hasX11Idle()) found.push('x11-idle-missing');
  return found;
}

/** os-release(5). */
function distribution(): string {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const name = value(text, 'NAME')?.replace(/ GNU\/Linux$/, '');
    if (name !== undefined)
      return [name, value(text, 'VERSION_ID')]
        .filter((part) => part !== undefined)
        .join(' ')
        .slice(0, 64);
  }
  return 'Linux';
}

function value(text: string, name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
}
