import koffi from 'koffi';
import { parseStorageDescriptor, type StorageDescriptor } from './storage-descriptor.ts';

/** GetDriveTypeW. */
export const DRIVE = { UNKNOWN: 0, NO_ROOT: 1, REMOVABLE: 2, FIXED: 3, REMOTE: 4, CDROM: 5, RAMDISK: 6 } as const;

export interface VolumeInformation {
  readonly label: string;
  readonly serial: number;
  readonly filesystem: string;
  readonly readOnly: boolean;
}

/** The calls of Windows that say which drives there are. The slow ones, which touch the medium, run off the main thread. */
export interface DriveCalls {
  /** Drive letters in use, without colon. */
  letters(): string[];
  driveType(letter: string): number;
  /** Null when there is no medium or no filesystem on it. */
  information(letter: string): Promise<VolumeInformation | null>;
  /** Null when it cannot be read. */
  bytesTotal(letter: string): Promise<number | null>;
  /** Null where the driver does not say. */
  descriptor(letter: string): Promise<StorageDescriptor | null>;
}

const SEM_FAILCRITICALERRORS = 1;
const FILE_READ_ONLY_VOLUME = 0x0008_0000;
const NAME_CHARACTERS = 261;
const FILE_SHARE_READ_WRITE = 3;
const OPEN_EXISTING = 3;
const IOCTL_STORAGE_QUERY_PROPERTY = 0x002d_1400;
const DESCRIPTOR_BYTES = 1024;
const INVALID_HANDLE = -1;

export function loadDriveCalls(): DriveCalls {
  const kernel32 = koffi.load('kernel32.dll');
  const getLogicalDrives = kernel32.func('uint32_t __stdcall GetLogicalDrives()');
  const getDriveType = kernel32.func('uint32_t __stdcall GetDriveTypeW(const char16_t *root)');
  const setErrorMode = kernel32.func('uint32_t __stdcall SetErrorMode(uint32_t mode)');
  const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t handle)');
  const getVolumeInformation = later(
    kernel32.func(
      'int __stdcall GetVolumeInformationW(const char16_t *root, _Out_ uint8_t *label, uint32_t labelSize, _Out_ uint32_t *serial, _Out_ uint32_t *longest, _Out_ uint32_t *flags, _Out_ uint8_t *system, uint32_t systemSize)',
    ),
  );
  const getDiskFreeSpace = later(
    kernel32.func(
      'int __stdcall GetDiskFreeSpaceExW(const char16_t *root, _Out_ uint64_t *available, _Out_ uint64_t *total, _Out_ uint64_t *free)',
    ),
  );
  const createFile = later(
    kernel32.func(
      'intptr_t __stdcall CreateFileW(const char16_t *path, uint32_t access, uint32_t share, void *security, uint32_t how, uint32_t flags, void *template)',
    ),
  );
  const deviceIoControl = later(
    kernel32.func(
      'int __stdcall DeviceIoControl(intptr_t device, uint32_t code, const void *query, uint32_t querySize, _Out_ uint8_t *answer, uint32_t answerSize, _Out_ uint32_t *returned, void *overlapped)',
    ),
  );
  // A reader without a card must answer with an error, not with a dialog on somebody's screen.
  setErrorMode(SEM_FAILCRITICALERRORS);

  return {
    letters: () => lettersOf(Number(getLogicalDrives())),
    driveType: (letter) => Number(getDriveType(`${letter}:\\`)),
    async information(letter) {
      const label = Buffer.alloc(NAME_CHARACTERS * 2);
      const system = Buffer.alloc(NAME_CHARACTERS * 2);
      const serial = [0];
      const flags = [0];
      const good = await getVolumeInformation(`${letter}:\\`, label, NAME_CHARACTERS, serial, [0], flags, system, NAME_CHARACTERS);
      if (good === 0) return null;
      return {
        label: wideText(label),
        serial: serial[0] ?? 0,
        filesystem: wideText(system),
        readOnly: ((flags[0] ?? 0) & FILE_READ_ONLY_VOLUME) !== 0,
      };
    },
    async bytesTotal(letter) {
      const total: (number | bigint)[] = [0];
      const good = await getDiskFreeSpace(`${letter}:\\`, [0], total, [0]);
      const bytes = Number(total[0] ?? 0);
      return good !== 0 && Number.isSafeInteger(bytes) ? bytes : null;
    },
    async descriptor(letter) {
      // No access is asked for: that is enough to query, and any user may.
      const device = Number(await createFile(String.raw`\\.` + `\\${letter}:`, 0, FILE_SHARE_READ_WRITE, null, OPEN_EXISTING, 0, null));
      if (device === INVALID_HANDLE || device === 0) return null;
      try {
        // STORAGE_PROPERTY_QUERY: StorageDeviceProperty, PropertyStandardQuery.
        const query = Buffer.alloc(12);
        const answer = Buffer.alloc(DESCRIPTOR_BYTES);
        const returned = [0];
        const good = await deviceIoControl(
          device,
          IOCTL_STORAGE_QUERY_PROPERTY,
          query,
          query.length,
          answer,
          answer.length,
          returned,
          null,
        );
        return good === 0 ? null : parseStorageDescriptor(answer.subarray(0, returned[0] ?? 0));
      } finally {
        closeHandle(device);
      }
    },
  };
}

export function lettersOf(mask: number): string[] {
  return Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').filter((_letter, bit) => ((mask >>> bit) & 1) === 1);
}

const wideText = (buffer: Buffer): string => {
  const text = buffer.toString('utf16le');
  return text.slice(0, Math.max(0, text.indexOf('\0')));
};

type Later = (...args: unknown[]) => Promise<unknown>;

/** The same call on a thread of its own. */
function later(call: { readonly async: (...args: unknown[]) => unknown }): Later {
  return (...args) =>
    new Promise((resolve, reject) => {
      call.async(...args, (error: Error | null, returned: unknown) => (error === null ? resolve(returned) : reject(error)));
    });
}
