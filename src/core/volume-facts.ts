import type { VolumeFacts } from '../contracts/event.ts';
import type { Volume } from '../contracts/volume.ts';

/** What an event says of a volume: enough to find the stick again, no paths of the host. */
export function volumeFacts(volume: Volume): VolumeFacts {
  const { mountPoint: _mountPoint, devicePath: _devicePath, readOnly: _readOnly, removable: _removable, ...facts } = volume;
  return facts;
}
