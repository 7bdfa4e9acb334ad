import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bus, Device } from '../../contracts/device.ts';
import { present, readAttribute, readBytes } from './sysfs.ts';
import { isUsbDeviceFolder, readUsbDevice } from './sysfs-usb.ts';

/** What sysfs says of the hardware below a filesystem. */
export interface BlockFacts {
  readonly bus: Bus;
  readonly removable: boolean;
  readonly bytesTotal?: number;
  readonly device?: Device;
}

const SECTOR_BYTES = 512;
const CARRIED_BUSES: ReadonlySet<Bus> = new Set(['usb', 'sd', 'thunderbolt', 'firewire', 'optical']);
/** Built-in disks are found within seconds; slow controllers of servers take minutes. */
const BOOT_MICROSECONDS = 300e6;
/** Encryption on a RAID on a partition is three deep; more is a loop or a joke. */
const MAX_LAYERS = 8;

/** False for a stick that was pulled: its mounts stay in the table. True where there is no sysfs to ask. */
export function isBlockDeviceThere(device: string, sysfs = '/sys'): boolean {
  return existsSync(join(sysfs, 'dev/block', device)) || !existsSync(join(sysfs, 'dev/block'));
}

/** Reads /sys/dev/block/MAJ:MIN and what is below it. `sysfs` and `udev` are parameters for tests on recorded trees. */
export function readBlockDevice(device: string, sysfs = '/sys', udev = '/run/udev/data'): BlockFacts {
  try {
    return describe(realpathSync(join(sysfs, 'dev/block', device)), 0, udev);
  } catch {
    return { bus: 'unknown', removable: false };
  }
}

function describe(folder: string, layer: number, udev: string): BlockFacts {
  const disk = existsSync(join(folder, 'partition')) ? dirname(folder) : folder;
  const sectors = Number(readAttribute(folder, 'size'));
  const size = Number.isSafeInteger(sectors) ? { bytesTotal: sectors * SECTOR_BYTES } : {};
  const below = layersBelow(disk);
  // What encryption and RAID lie on decides: an encrypted stick is a stick.
  if (below !== undefined && layer < MAX_LAYERS) return { ...describe(realpathSync(below), layer + 1, udev), ...size };
  const bus = busOf(disk, udev);
  const hardware = hardwareOf(disk, bus);
  return {
    bus,
    removable: CARRIED_BUSES.has(bus) || readAttribute(disk, 'removable') === '1',
    ...size,
    ...(hardware === null ? {} : { device: hardware }),
  };
}

function layersBelow(disk: string): string | undefined {
  const slaves = join(disk, 'slaves');
  const [first] = existsSync(slaves) ? readdirSync(slaves).toSorted() : [];
  return first === undefined ? undefined : join(slaves, first);
}

function busOf(disk: string, udev: string): Bus {
  const name = basename(disk);
  if (/^sr\d+$/.test(name)) return 'optical';
  if (/^(?:nbd|rbd|drbd)\d/.test(name)) return 'network';
  if (/\/usb\d+\//.test(disk)) return 'usb';
  if (/\/fw\d+[./]/.test(disk)) return 'firewire';
  // eMMC sits on the same bus as cards, soldered.
  if (disk.includes('/mmc_host/')) return readAttribute(join(disk, 'device'), 'type') === 'SD' ? 'sd' : 'internal';
  if (disk.includes('/devices/virtual/')) return 'virtual';
  if (isBehindExternalPort(disk)) return 'thunderbolt';
  // Many firmwares call no port external: a USB4 disk then looks built in, but for the hour at which it appears.
  return appearedAfterBoot(disk, udev) ? 'unknown' : 'internal';
}

/** When udev first saw the disk, by the clock that starts with the kernel (`I:`, in microseconds; systemd, udev-database). */
function appearedAfterBoot(disk: string, udev: string): boolean {
  const entry = Buffer.from(readBytes(udev, `b${readAttribute(disk, 'dev') ?? ''}`) ?? new Uint8Array()).toString('latin1');
  const seen = /^I:(\d+)$/m.exec(entry)?.[1];
  return seen !== undefined && Number(seen) > BOOT_MICROSECONDS;
}

/** The kernel marks PCI devices behind a port that the firmware calls external. */
function isBehindExternalPort(disk: string): boolean {
  for (let folder = disk; folder !== dirname(folder) && basename(folder) !== 'devices'; folder = dirname(folder))
    if (readAttribute(folder, 'removable') === 'removable') return true;
  return false;
}

function hardwareOf(disk: string, bus: Bus): Device | null {
  if (bus === 'virtual' || bus === 'network') return null;
  const usb = usbFolderAbove(disk);
  if (usb !== null) return withStorage(readUsbDevice(usb, basename(usb)));
  const device = join(disk, 'device');
  return {
    id: `block:${basename(disk)}`,
    bus,
    classes: ['storage'],
    ...present({
      vendorName: readAttribute(device, 'vendor'),
      productName: readAttribute(device, 'model') ?? readAttribute(device, 'name'),
      serial: readAttribute(device, 'serial') ?? readAttribute(disk, 'serial'),
    }),
  };
}

/** Some drives and readers show a class of their maker's: what carries a disk is storage, whatever it says. */
function withStorage(device: Device | null): Device | null {
  if (device === null || device.classes.includes('storage')) return device;
  return { ...device, classes: ['storage', ...device.classes.filter((each) => each !== 'other')] };
}

function usbFolderAbove(disk: string): string | null {
  for (let folder = disk; folder !== dirname(folder); folder = dirname(folder)) if (isUsbDeviceFolder(folder)) return folder;
  return null;
}
