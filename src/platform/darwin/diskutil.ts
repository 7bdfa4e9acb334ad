import { z } from 'zod';
import type { Bus } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import type { DarwinMount } from './mount-output.ts';

/** `diskutil info -plist NODE`, turned into JSON by plutil(1); only what is used. */
const diskInfo = z.object({
  DeviceIdentifier: z.string().min(1).max(64),
  VolumeName: z.string().catch(''),
  VolumeUUID: z.string().max(128).optional(),
  DiskUUID: z.string().max(128).optional(),
  TotalSize: z.int().min(0).optional(),
  BusProtocol: z.string().catch(''),
  Internal: z.boolean().catch(true),
  RemovableMedia: z.boolean().catch(false),
  Ejectable: z.boolean().catch(false),
  WritableVolume: z.boolean().catch(true),
  MediaName: z.string().catch(''),
  VirtualOrPhysical: z.string().catch(''),
});
export type DiskInfo = z.infer<typeof diskInfo>;

const BUSES: ReadonlyMap<string, Bus> = new Map([
  ['USB', 'usb'],
  ['Secure Digital', 'sd'],
  ['FireWire', 'firewire'],
  ['Thunderbolt', 'thunderbolt'],
  ['Disk Image', 'virtual'],
  ['ATAPI', 'optical'],
  ['Fibre Channel Interface', 'network'],
  ['iSCSI', 'network'],
]);

export function parseDiskInfo(json: string): Result<DiskInfo, Failure> {
  try {
    const parsed = diskInfo.safeParse(JSON.parse(json));
    if (parsed.success) return ok(parsed.data);
    return err(failure('DLP_VOLUME_UNAVAILABLE', 'diskutil answered something unexpected.', { cause: parsed.error }));
  } catch (cause) {
    return err(failure('DLP_VOLUME_UNAVAILABLE', 'diskutil gave no answer.', { cause }));
  }
}

export function describeDisk(mount: DarwinMount, info: DiskInfo): Volume {
  const bus = busOf(info);
  const uuid = info.VolumeUUID ?? info.DiskUUID;
  return {
    id: `darwin:${info.DeviceIdentifier}`,
    mountPoint: mount.mountPoint,
    devicePath: mount.source,
    filesystem: mount.filesystem.slice(0, 64),
    ...(info.VolumeName === '' ? {} : { label: info.VolumeName.slice(0, 256) }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(info.TotalSize === undefined ? {} : { bytesTotal: info.TotalSize }),
    readOnly: mount.readOnly || !info.WritableVolume,
    bus,
    removable: (!info.Internal && bus !== 'virtual') || info.RemovableMedia || bus === 'sd',
    ...(bus === 'virtual' ? {} : { device: hardwareOf(info, bus) }),
  };
}

/** An external disk on a bus of inside machines is behind a Thunderbolt port. */
function busOf({ BusProtocol, Internal, VirtualOrPhysical }: DiskInfo): Bus {
  const named = BUSES.get(BusProtocol);
  if (named !== undefined) return named;
  if (VirtualOrPhysical === 'Virtual' && BusProtocol === '') return 'virtual';
  return Internal ? 'internal' : 'thunderbolt';
}

function hardwareOf({ DeviceIdentifier, MediaName }: DiskInfo, bus: Bus): NonNullable<Volume['device']> {
  return {
    id: `disk:${DeviceIdentifier}`,
    bus,
    classes: ['storage'],
    ...(MediaName === '' ? {} : { productName: MediaName.slice(0, 256) }),
  };
}
