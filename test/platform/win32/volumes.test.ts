import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VolumeChange } from '../../../src/core/ports.ts';
import { DRIVE, type DriveCalls, lettersOf, type VolumeInformation } from '../../../src/platform/win32/kernel32.ts';
import { windowsPaths } from '../../../src/platform/win32/paths.ts';
import { parseStorageDescriptor } from '../../../src/platform/win32/storage-descriptor.ts';
import { WindowsVolumes } from '../../../src/platform/win32/volumes.ts';

/** STORAGE_DEVICE_DESCRIPTOR as a USB stick's driver fills it. */
function descriptorBytes(busType: number, texts: { vendor?: string; product?: string; serial?: string }): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeUInt8(1, 10);
  header.writeUInt32LE(busType, 28);
  const parts: Buffer[] = [header];
  let offset = header.length;
  for (const [field, text] of [
    [12, texts.vendor],
    [16, texts.product],
    [24, texts.serial],
  ] as const) {
    if (text === undefined) continue;
    header.writeUInt32LE(offset, field);
    const bytes = Buffer.from(`${text}\0`, 'latin1');
    parts.push(bytes);
    offset += bytes.length;
  }
  header.writeUInt32LE(offset, 4);
  return Buffer.concat(parts);
}

describe('the storage descriptor', () => {
  test('of a stick', () => {
    expect(parseStorageDescriptor(descriptorBytes(7, { vendor: 'SanDisk ', product: 'Ultra', serial: '4C53' }))).toEqual({
      bus: 'usb',
      removableMedia: true,
      vendor: 'SanDisk',
      product: 'Ultra',
      serial: '4C53',
    });
  });

  test.each([
    [0x0b, 'internal'],
    [0x11, 'internal'],
    [0x0c, 'sd'],
    [0x0f, 'virtual'],
    [0x04, 'firewire'],
    [0x00, 'unknown'],
  ])('bus type %i is %s', (type, bus) => {
    expect(parseStorageDescriptor(descriptorBytes(type, {}))).toEqual({ bus, removableMedia: true });
  });

  test('with any bytes: a descriptor or null, never a throw, no text from outside', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void parseStorageDescriptor(bytes)));
    expect(parseStorageDescriptor(new Uint8Array(35))).toBeNull();
    const bytes = descriptorBytes(7, { serial: 'X' });
    bytes.writeUInt32LE(4000, 24);
    expect(parseStorageDescriptor(bytes)).toEqual({ bus: 'usb', removableMedia: true });
  });
});

test('drive letters are the bits of the mask, the 26th included', () => {
  expect(lettersOf(0b101)).toEqual(['A', 'C']);
  expect(lettersOf(0x2000000)).toEqual(['Z']);
  expect(lettersOf(0)).toEqual([]);
});

test('folders and pipe: protected for a service, of his own for a user', () => {
  const input = { userName: 'alice b', home: String.raw`C:\Users\alice`, environment: { ProgramData: String.raw`D:\Data` } };
  expect(windowsPaths({ ...input, admin: true })).toMatchObject({
    agentState: String.raw`D:\Data\Sekisho\agent`,
    ipcEndpoint: String.raw`\\.\pipe\ProtectedPrefix\Administrators\sekisho-agent`,
    serviceEndpoint: String.raw`\\.\pipe\ProtectedPrefix\Administrators\sekisho-agent`,
  });
  expect(windowsPaths({ ...input, admin: false })).toMatchObject({
    agentState: String.raw`C:\Users\alice\AppData\Local\Sekisho\agent`,
    ipcEndpoint: String.raw`\\.\pipe\sekisho-agent-alice_b`,
    serviceEndpoint: String.raw`\\.\pipe\ProtectedPrefix\Administrators\sekisho-agent`,
  });
});

interface FakeDrive {
  type: number;
  information: VolumeInformation | null;
  busType?: number;
}

describe('the drives of a PC, with recorded calls', () => {
  let drives: Map<string, FakeDrive>;
  let reads: string[];
  let changes: VolumeChange[];
  let source: WindowsVolumes;
  const information = (serial: number, change: Partial<VolumeInformation> = {}): VolumeInformation => ({
    label: 'STICK',
    serial,
    filesystem: 'FAT32',
    readOnly: false,
    ...change,
  });
  const calls = (): DriveCalls => ({
    letters: () => [...drives.keys()],
    driveType: (letter) => drives.get(letter)?.type ?? DRIVE.NO_ROOT,
    information: (letter) => {
      reads.push(letter);
      return Promise.resolve(drives.get(letter)?.information ?? null);
    },
    bytesTotal: () => Promise.resolve(16_000_000),
    descriptor: (letter) => {
      const busType = drives.get(letter)?.busType;
      return Promise.resolve(busType === undefined ? null : parseStorageDescriptor(descriptorBytes(busType, { serial: '4C53' })));
    },
  });

  beforeEach(async () => {
    drives = new Map<string, FakeDrive>([
      ['C', { type: DRIVE.FIXED, information: information(1, { filesystem: 'NTFS' }), busType: 0x11 }],
      ['D', { type: DRIVE.CDROM, information: null }],
    ]);
    reads = [];
    changes = [];
    source = new WindowsVolumes({ calls, systemDrive: 'C' });
    await source.start((change) => changes.push(change));
  });
  afterEach(() => source.stop());

  test('the system drive and an empty tray are no volumes', () => {
    expect(changes).toEqual([]);
  });

  test('a stick is one, with its hardware, until it is pulled', async () => {
    drives.set('E', { type: DRIVE.REMOVABLE, information: information(0x1a2b3c4d), busType: 7 });
    await source.rescan();
    drives.delete('E');
    await source.rescan();
    expect(changes).toEqual([
      {
        kind: 'mounted',
        volume: {
          id: 'win32:E',
          mountPoint: 'E:\\',
          devicePath: '\\\\.\\E:',
          filesystem: 'FAT32',
          label: 'STICK',
          uuid: '1A2B-3C4D',
          bytesTotal: 16_000_000,
          readOnly: false,
          bus: 'usb',
          removable: true,
          device: { id: 'drive:E', bus: 'usb', classes: ['storage'], serial: '4C53' },
        },
      },
      { kind: 'unmounted', volumeId: 'win32:E' },
    ]);
  });

  test('another card in the same reader is another volume', async () => {
    drives.set('F', { type: DRIVE.REMOVABLE, information: information(1), busType: 0x0c });
    await source.rescan();
    drives.set('F', { type: DRIVE.REMOVABLE, information: information(2), busType: 0x0c });
    await source.rescan();
    expect(changes.map((change) => change.kind)).toEqual(['mounted', 'unmounted', 'mounted']);
  });

  test('a USB disk that calls itself fixed is removable, and is not woken at every look', async () => {
    drives.set('G', { type: DRIVE.FIXED, information: information(3), busType: 7 });
    await source.rescan();
    await source.rescan();
    await source.rescan();
    expect(changes).toMatchObject([{ kind: 'mounted', volume: { bus: 'usb', removable: true } }]);
    expect(reads.filter((letter) => letter === 'G')).toHaveLength(1);
  });

  test('a network drive is told without asking its server', async () => {
    drives.set('N', { type: DRIVE.REMOTE, information: information(4) });
    await source.rescan();
    expect(changes).toMatchObject([{ kind: 'mounted', volume: { bus: 'network', removable: false } }]);
    expect(reads).not.toContain('N');
  });
});
