import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Device } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { readAttribute } from './sysfs.ts';
import { isUsbDeviceFolder, readUsbDevice, USB_DEVICES } from './sysfs-usb.ts';

const HID = '03';
const HUB = '09';

/** What this agent took away, one file a device, for its next run: it gives back nothing that others denied. */
const DENIED = '/run/sekisho/denied-devices';

/** The kernel chooses a new device's configuration within moments; a device that answers slowly keeps it waiting. */
const CONFIGURED_TRIES = 100;
const BETWEEN_MILLIS = 50;

const underWay = new Map<string, Promise<unknown>>();

/**
 * Takes a USB device out of use, or gives it back, by its `authorized` attribute (Linux, Documentation/usb/authorization).
 * A device that is a keyboard or a mouse too loses its other interfaces alone: a PC must stay usable. One after the other
 * for each port, and never on this thread: the kernel answers when its drivers are done, and a device can make them wait.
 */
export async function setDeviceAccess(
  device: Device,
  access: 'denied' | 'granted',
  { devices = USB_DEVICES, denied = DENIED } = {},
): Promise<Result<void, Failure>> {
  const name = device.id.replace(/^usb:/, '');
  // A name from elsewhere must not lead out of the folder.
  if (!/^\d+-\d+(?:\.\d+)*$/.test(name)) return ok(undefined);
  const before = underWay.get(name) ?? Promise.resolve();
  const turn = before.then(() => set(device, access, { devices, denied, name }));
  underWay.set(name, turn);
  const outcome = await turn;
  if (underWay.get(name) === turn) underWay.delete(name);
  return outcome;
}

interface Place {
  readonly devices: string;
  readonly denied: string;
  readonly name: string;
}

async function set(device: Device, access: 'denied' | 'granted', place: Place): Promise<Result<void, Failure>> {
  const { devices, denied, name } = place;
  const mark = join(denied, name);
  try {
    // Judged for what was there: what is there now is judged by itself.
    if (!isStillThere(device, place)) return ok(undefined);
    if (access === 'denied') {
      mkdirSync(denied, { recursive: true, mode: 0o700 });
      writeFileSync(mark, identityOf(device), { mode: 0o600 });
      await setAuthorized(device, '0', place);
    } else if (isMarked(mark, device)) {
      await setAuthorized(device, '1', place);
      rmSync(mark);
    }
    return ok(undefined);
  } catch (cause) {
    // Pulled out between the look and the write.
    if (!isUsbDeviceFolder(join(devices, name))) return ok(undefined);
    const message = `The system refused to take the device ${name} out of use, or to give it back. It needs root.`;
    return err(failure('DLP_DEVICE_DENY', message, { cause }));
  }
}

const identityOf = ({ vendorId, productId, serial }: Device): string => JSON.stringify([vendorId, productId, serial]);

function isStillThere(device: Device, { devices, name }: Place): boolean {
  const now = readUsbDevice(join(devices, name), name);
  return now !== null && identityOf(now) === identityOf(device);
}

/** At that port there may be another device by now. */
function isMarked(mark: string, device: Device): boolean {
  try {
    return readFileSync(mark, 'utf8') === identityOf(device);
  } catch {
    return false;
  }
}

async function setAuthorized(device: Device, value: '0' | '1', { devices, name }: Place): Promise<void> {
  const isSpared = device.classes.some((each) => each === 'hid' || each === 'hub');
  if (value === '1' || !isSpared) await writeFile(join(devices, name, 'authorized'), value);
  // Without its interfaces there would be nothing to take, and they would come a moment later.
  else await untilConfigured(join(devices, name));
  for (const each of interfacesOf(devices, name)) {
    const kind = readAttribute(each, 'bInterfaceClass');
    if (kind !== HID && kind !== HUB) await setInterface(each, value);
  }
}

/** Reading a configuration waits for the kernel, which gives a device its interfaces together with it. */
async function untilConfigured(folder: string): Promise<void> {
  for (let tries = 0; tries < CONFIGURED_TRIES; tries += 1) {
    if ((await readFile(join(folder, 'bConfigurationValue'), 'utf8')).trim() !== '') return;
    await delay(BETWEEN_MILLIS);
  }
}

/** `1-4:1.0` and the like, beside the device's own folder. */
function interfacesOf(devices: string, name: string): string[] {
  return readdirSync(devices)
    .filter((entry) => entry.startsWith(`${name}:`))
    .map((entry) => join(devices, entry));
}

/** The kernel has a driver look at an interface given back only when it is asked to. */
async function setInterface(folder: string, value: string): Promise<void> {
  if (readAttribute(folder, 'authorized') === value) return;
  await writeFile(join(folder, 'authorized'), value);
  if (value === '1') await writeFile(join(folder, '../../drivers_probe'), folder.slice(folder.lastIndexOf('/') + 1));
}
