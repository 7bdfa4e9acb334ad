import { isDeepStrictEqual } from 'node:util';
import type { Bus } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../../core/ports.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { DRIVE, type DriveCalls, type VolumeInformation } from './kernel32.ts';
import type { StorageDescriptor } from './storage-descriptor.ts';

/**
 * Windows tells of new drives by window messages, and a service has no window. Reading the bit mask of drive letters takes
 * microseconds and touches no disk, so it is read on a timer instead.
 */
const LOOK_MILLIS = 2000;
const CARRIED_BUSES: ReadonlySet<Bus> = new Set(['usb', 'sd', 'firewire', 'optical', 'thunderbolt']);

export interface WindowsVolumesOptions {
  readonly calls: () => DriveCalls;
  /** `C`, without colon. */
  readonly systemDrive: string;
}

/** Drives with a letter that are not the system's own. */
export class WindowsVolumes implements VolumeSource {
  readonly #options: WindowsVolumesOptions;
  readonly #looks = new OneAtATime(() => this.#look());
  #calls: DriveCalls | null = null;
  #known = new Map<string, Volume>();
  #report: ((change: VolumeChange) => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WindowsVolumesOptions) {
    this.#options = options;
  }

  async start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    try {
      this.#calls = this.#options.calls();
      this.#report = report;
      await this.rescan();
    } catch (cause) {
      await this.stop();
      return err(failure('DLP_VOLUME_UNAVAILABLE', 'Windows does not say which drives there are.', { cause }));
    }
    this.#timer = setInterval(() => void this.rescan().catch(() => undefined), LOOK_MILLIS).unref();
    return ok(undefined);
  }

  rescan(): Promise<void> {
    return this.#looks.run();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#report = null;
    await this.#looks.idle();
    this.#known.clear();
  }

  async #look(): Promise<void> {
    const calls = this.#calls;
    if (calls === null || this.#report === null) return;
    const found = new Map<string, Volume>();
    for (const letter of calls.letters()) {
      if (letter === this.#options.systemDrive) continue;
      const volume = await this.#describe(calls, letter);
      if (volume !== null) found.set(volume.id, volume);
    }
    this.#tell(found);
  }

  /** A fixed drive is read once while its letter stays: asking again would wake a sleeping disk. */
  async #describe(calls: DriveCalls, letter: string): Promise<Volume | null> {
    const type = calls.driveType(letter);
    if (type === DRIVE.UNKNOWN || type === DRIVE.NO_ROOT || type === DRIVE.RAMDISK) return null;
    const known = this.#known.get(`win32:${letter}`);
    if (known !== undefined && type !== DRIVE.REMOVABLE && type !== DRIVE.CDROM) return known;
    // A server that does not answer would hold up every other drive.
    if (type === DRIVE.REMOTE) return { ...base(letter), filesystem: 'remote', readOnly: false, bus: 'network', removable: false };
    const information = await calls.information(letter);
    if (information === null) return null;
    if (known !== undefined && known.uuid === serialText(information)) return { ...known, readOnly: information.readOnly };
    return describeDrive(letter, type, information, await calls.descriptor(letter), await calls.bytesTotal(letter));
  }

  #tell(found: Map<string, Volume>): void {
    const before = this.#known;
    this.#known = found;
    for (const [volumeId, volume] of before)
      if (found.get(volumeId)?.uuid !== volume.uuid || !found.has(volumeId)) this.#report?.({ kind: 'unmounted', volumeId });
    for (const [volumeId, volume] of found)
      if (!isDeepStrictEqual(before.get(volumeId), volume)) this.#report?.({ kind: 'mounted', volume });
  }
}

const base = (letter: string): Pick<Volume, 'id' | 'mountPoint' | 'devicePath'> => ({
  id: `win32:${letter}`,
  mountPoint: `${letter}:\\`,
  devicePath: String.raw`\\.` + `\\${letter}:`,
});

/** As Explorer and `vol` show it: 1A2B-3C4D. */
function serialText({ serial }: VolumeInformation): string {
  const digits = serial.toString(16).toUpperCase().padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

export function describeDrive(
  letter: string,
  type: number,
  information: VolumeInformation,
  descriptor: StorageDescriptor | null,
  bytesTotal: number | null,
): Volume {
  const bus = type === DRIVE.CDROM ? 'optical' : (descriptor?.bus ?? (type === DRIVE.FIXED ? 'internal' : 'unknown'));
  return {
    ...base(letter),
    filesystem: information.filesystem.slice(0, 64),
    ...(information.label === '' ? {} : { label: information.label.slice(0, 256) }),
    uuid: serialText(information),
    ...(bytesTotal === null ? {} : { bytesTotal }),
    readOnly: information.readOnly,
    bus,
    removable: type === DRIVE.REMOVABLE || CARRIED_BUSES.has(bus) || descriptor?.removableMedia === true,
    ...(descriptor === null ? {} : { device: hardwareOf(letter, bus, descriptor) }),
  };
}

function hardwareOf(letter: string, bus: Bus, { vendor, product, serial }: StorageDescriptor): NonNullable<Volume['device']> {
  return {
    id: `drive:${letter}`,
    bus,
    classes: ['storage'],
    ...(vendor === undefined ? {} : { vendorName: vendor }),
    ...(product === undefined ? {} : { productName: product }),
    ...(serial === undefined ? {} : { serial }),
  };
}
