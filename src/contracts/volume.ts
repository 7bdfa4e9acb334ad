import { z } from 'zod';
import { bus, device } from './device.ts';
import { ageRecipient, instant, uuid } from './ids.ts';

/** A mounted filesystem that may carry files away. */
export const volume = z.strictObject({
  /** Stable while mounted: the OS's own number for the mount, e.g. `linux:8:17` or `win32:E`. */
  id: z.string().min(1).max(256),
  /** Absolute path of the mount's root, in the OS's own form. */
  mountPoint: z.string().min(1).max(4096),
  /** `/dev/sdb1`, `\\.\E:`; absent for a plain folder under guard. */
  devicePath: z.string().max(4096).optional(),
  filesystem: z.string().max(64),
  label: z.string().max(256).optional(),
  uuid: z.string().max(128).optional(),
  bytesTotal: z.int().min(0).optional(),
  readOnly: z.boolean(),
  bus,
  /** What the OS says of the medium; policy decides in the end which volumes count as removable. */
  removable: z.boolean(),
  /** The organisation's own record on the medium, proven by its signature and by the medium it names (docs/spec/media.md). */
  medium: z.strictObject({ id: uuid, due: instant, guest: ageRecipient.optional() }).optional(),
  /** The hardware below, where the adapter could tell. */
  device: device.optional(),
});
export type Volume = z.infer<typeof volume>;
