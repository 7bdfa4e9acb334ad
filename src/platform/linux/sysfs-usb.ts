import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../contracts/device.ts';
import { classesOf, type UsbInterfaceClass } from '../usb/usb-classes.ts';
import { present, readAttribute, readBytes } from './sysfs.ts';

export const USB_DEVICES = '/sys/bus/usb/devices';

const INTERFACE_DESCRIPTOR = 4;
const INTERFACE_BYTES = 9;

/** Reads one USB device's folder in sysfs; null when it is gone. `name` is the kernel's, e.g. `1-4.2`. */
export function readUsbDevice(folder: string, name: string): Device | null {
  const vendorId = readAttribute(folder, 'idVendor');
  const productId = readAttribute(folder, 'idProduct');
  if (vendorId === undefined || productId === undefined) return null;
  return {
    id: `usb:${name}`,
    bus: 'usb',
    classes: classesOf(Number.parseInt(readAttribute(folder, 'bDeviceClass') ?? '0', 16), interfacesOf(folder), vendorId),
    vendorId,
    productId,
    ...present({
      vendorName: readAttribute(folder, 'manufacturer'),
      productName: readAttribute(folder, 'product'),
      serial: readAttribute(folder, 'serial'),
    }),
  };
}

export const isUsbDeviceFolder = (folder: string): boolean => existsSync(join(folder, 'idVendor'));

/** From the cached descriptors: they are there when the device appears, its interface folders only a little later. */
function interfacesOf(folder: string): UsbInterfaceClass[] {
  return interfaceClasses(readBytes(folder, 'descriptors') ?? new Uint8Array());
}

/** Interface descriptors within a device's raw descriptors (USB 2.0 section 9.6.5). Stops at the first broken length. */
export function interfaceClasses(descriptors: Uint8Array): UsbInterfaceClass[] {
  const found: UsbInterfaceClass[] = [];
  let offset = 0;
  while (offset + 2 <= descriptors.length) {
    const length = descriptors[offset] ?? 0;
    if (length < 2 || offset + length > descriptors.length) break;
    if (descriptors[offset + 1] === INTERFACE_DESCRIPTOR && length >= INTERFACE_BYTES) {
      const [classCode = 0, subclass = 0, protocol = 0] = descriptors.subarray(offset + 5, offset + 8);
      found.push({ classCode, subclass, protocol });
    }
    offset += length;
  }
  return found;
}
