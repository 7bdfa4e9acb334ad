import type { Bus } from '../../contracts/device.ts';

/** What a disk's driver says of it: STORAGE_DEVICE_DESCRIPTOR of winioctl.h. */
export interface StorageDescriptor {
  readonly bus: Bus;
  readonly removableMedia: boolean;
  readonly vendor?: string;
  readonly product?: string;
  readonly serial?: string;
}

const HEADER_BYTES = 36;
const MAX_TEXT = 256;
/** STORAGE_BUS_TYPE; what is not named is inside the machine. */
const BUSES: ReadonlyMap<number, Bus> = new Map([
  [0x00, 'unknown'],
  [0x04, 'firewire'],
  [0x06, 'network'],
  [0x07, 'usb'],
  [0x09, 'network'],
  [0x0c, 'sd'],
  [0x0e, 'virtual'],
  [0x0f, 'virtual'],
]);

/** Null for a buffer that is no whole descriptor. Offsets in it come from a driver: those outside are left out. */
export function parseStorageDescriptor(bytes: Uint8Array): StorageDescriptor | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.min(bytes.length, view.getUint32(4, true));
  const word = (offset: number): number => view.getUint32(offset, true);
  const vendor = textAt(bytes, word(12), length);
  const product = textAt(bytes, word(16), length);
  const serial = textAt(bytes, word(24), length);
  return {
    bus: BUSES.get(word(28)) ?? 'internal',
    removableMedia: bytes[10] !== 0,
    ...(vendor === undefined ? {} : { vendor }),
    ...(product === undefined ? {} : { product }),
    ...(serial === undefined ? {} : { serial }),
  };
}

/** A zero-terminated text; offset 0 means there is none. */
function textAt(bytes: Uint8Array, offset: number, length: number): string | undefined {
  if (offset < HEADER_BYTES || offset >= length) return undefined;
  const end = bytes.indexOf(0, offset);
  const text = Buffer.from(bytes.subarray(offset, end === -1 ? length : Math.min(end, length)))
    .toString('latin1')
    .trim()
    .slice(0, MAX_TEXT);
  return text === '' ? undefined : text;
}
