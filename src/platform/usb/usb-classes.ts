import type { DeviceClass } from '../../contracts/device.ts';

/** The class triple of one USB interface, as its descriptor has it. */
export interface UsbInterfaceClass {
  readonly classCode: number;
  readonly subclass: number;
  readonly protocol: number;
}

// https://www.usb.org/defined-class-codes
const CLASSES: ReadonlyMap<number, DeviceClass> = new Map([
  [0x01, 'audio'],
  [0x03, 'hid'],
  [0x07, 'printer'],
  [0x08, 'storage'],
  [0x09, 'hub'],
  [0x0b, 'smart-card'],
  [0x0e, 'video'],
  [0x10, 'video'],
  [0xe0, 'wireless'],
]);
const COMMUNICATIONS = 0x02;
const COMMUNICATIONS_DATA = 0x0a;
const STILL_IMAGE = 0x06;
const WIRELESS = 0xe0;
/** CDC subclasses that carry network frames: ECM, ATM, EEM, NCM, MBIM. */
const NETWORK_SUBCLASSES = new Set([0x06, 0x07, 0x0c, 0x0d, 0x0e]);
/** Phones show this class for PTP and for MTP alike; what they offer behind it is files. */
const PTP_SUBCLASS = 0x01;

/** The debugging bridge and the boot loader of Android (AOSP, adb and fastboot). */
const ANDROID = { classCode: 0xff, subclass: 0x42, protocols: [0x01, 0x03] };
/** USB-IF's number of Apple: its phones and tablets are the devices of its that show pictures. */
const APPLE = '05ac';

/** What a device can do, by its own class and by each of its interfaces'. Never empty: `other` says nothing else fits. */
export function classesOf(deviceClass: number, interfaces: readonly UsbInterfaceClass[], vendorId?: string): DeviceClass[] {
  const found = new Set(interfaces.flatMap((each) => interfaceClass(each)));
  if (deviceClass === 0x09) found.add('hub');
  if (isPhone(interfaces) || (vendorId === APPLE && found.has('media-transfer'))) found.add('phone');
  return found.size === 0 ? ['other'] : [...found];
}

function isPhone(interfaces: readonly UsbInterfaceClass[]): boolean {
  return interfaces.some(
    ({ classCode, subclass, protocol }) =>
      classCode === ANDROID.classCode && subclass === ANDROID.subclass && ANDROID.protocols.includes(protocol),
  );
}

function interfaceClass({ classCode, subclass, protocol }: UsbInterfaceClass): DeviceClass[] {
  if (classCode === COMMUNICATIONS_DATA) return [];
  if (classCode === COMMUNICATIONS) return [NETWORK_SUBCLASSES.has(subclass) ? 'network' : 'other'];
  if (classCode === STILL_IMAGE) return subclass === PTP_SUBCLASS ? ['image', 'media-transfer'] : ['image'];
  // RNDIS: an Ethernet card that Windows phones and many others present as a wireless controller.
  if (classCode === WIRELESS && subclass === 0x01 && protocol === 0x03) return ['network'];
  return [CLASSES.get(classCode) ?? 'other'];
}
