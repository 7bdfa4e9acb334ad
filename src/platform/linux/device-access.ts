import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { readAttribute } from './sysfs.ts';
import { isUsbDeviceFolder, USB_DEVICES } from './sysfs-usb.ts';

const HID = '03';
const HUB = '09';

/** What this agent took away, one file a device, for its next run: it gives back nothing that others denied. */
const DENIED = '/run/sekisho/denied-devices';

/**
 * Takes a USB device out of use, or gives it back, by its `authorized` attribute (Linux, Documentation/usb/authorization).
 * A device that is a keyboard or a mouse too loses its other interfaces alone: a PC must stay usable.
 */
export function setDeviceAccess(
  device: Device,
  access: 'denied' | 'granted',
  { devices = USB_DEVICES, denied = DENIED } = {},
): Promise<Result<void, Failure>> {
  const name = device.id.replace(/^usb:/, '');
  const folder = join(devices, name);
  // A name from elsewhere must not lead out of the folder.
  if (!/^\d+-\d+(?:\.\d+)*$/.test(name) || !isUsbDeviceFolder(folder)) return Promise.resolve(ok(undefined));
  const mark = join(denied, name);
  try {
    if (access === 'denied') {
      mkdirSync(denied, { recursive: true, mode: 0o700 });
      writeFileSync(mark, identityOf(device), { mode: 0o600 });
      setAuthorized(devices, name, '0');
    } else if (isMarked(mark, device)) {
      setAuthorized(devices, name, '1');
      rmSync(mark);
    }
    return Promise.resolve(ok(undefined));
  } catch (cause) {
    // Pulled out between the look and the write.
    if (!isUsbDeviceFolder(folder)) return Promise.resolve(ok(undefined));
    const message = `The system refused to take the device ${name} out of use, or to give it back. It needs root.`;
    return Promise.resolve(err(failure('DLP_DEVICE_DENY', message, { cause })));
  }
}

/** At that port there may be another device by now. */
const identityOf = ({ vendorId, productId, serial }: Device): string => JSON.stringify([vendorId, productId, serial]);

function isMarked(mark: string, device: Device): boolean {
  try {
    return readFileSync(mark, 'utf8') === identityOf(device);
  } catch {
    return false;
  }
}

function setAuthorized(devices: string, name: string, value: '0' | '1'): void {
  const folder = join(devices, name);
  const classes = interfacesOf(devices, name).map((each) => readAttribute(each, 'bInterfaceClass') ?? '');
  const isSpared = readAttribute(folder, 'bDeviceClass') === HUB || classes.includes(HID) || classes.includes(HUB);
  if (value === '1' || !isSpared) writeFileSync(join(folder, 'authorized'), value);
  // Read again: an authorized device gets its interfaces only then.
  for (const each of interfacesOf(devices, name)) {
    const kind = readAttribute(each, 'bInterfaceClass');
    if (kind !== HID && kind !== HUB) setInterface(each, value);
  }
}

/** `1-4:1.0` and the like, beside the device's own folder. */
function interfacesOf(devices: string, name: string): string[] {
  return readdirSync(devices)
    .filter((entry) => entry.startsWith(`${name}:`))
    .map((entry) => join(devices, entry));
}

/** The kernel has a driver look at an interface given back only when it is asked to. */
function setInterface(folder: string, value: string): void {
  if (readAttribute(folder, 'authorized') === value) return;
  writeFileSync(join(folder, 'authorized'), value);
  if (value === '1') writeFileSync(join(folder, '../../drivers_probe'), folder.slice(folder.lastIndexOf('/') + 1));
}
