import { z } from 'zod';

export const bus = z.enum(['usb', 'sd', 'thunderbolt', 'firewire', 'optical', 'virtual', 'internal', 'network', 'unknown']);
export type Bus = z.infer<typeof bus>;

export const deviceClass = z.enum([
  'storage',
  'media-transfer',
  'phone',
  'image',
  'network',
  'printer',
  'hid',
  'audio',
  'video',
  'wireless',
  'smart-card',
  'hub',
  'other',
]);
export type DeviceClass = z.infer<typeof deviceClass>;

const usbId = z.string().regex(/^[0-9a-f]{4}$/);

/** A piece of hardware, as the bus reports it. Every text comes from the device itself: hostile until shown. */
export const device = z.strictObject({
  /** Stable while plugged in: bus plus topology or path, e.g. `usb:1-4.2`. */
  id: z.string().min(1).max(256),
  bus,
  classes: z.array(deviceClass).max(32),
  vendorId: usbId.optional(),
  productId: usbId.optional(),
  vendorName: z.string().max(256).optional(),
  productName: z.string().max(256).optional(),
  /** Absent when the device has none: such a device cannot be told from its twin. */
  serial: z.string().max(256).optional(),
});
export type Device = z.infer<typeof device>;
