import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBlockDevice } from '../../../src/platform/linux/block-device.ts';
import { readFilesystemNames } from '../../../src/platform/linux/block-properties.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-sysfs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Lays out a piece of sysfs: files by path, and the link by which a device number is found. */
function sysfs(files: Record<string, string>, links: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    mkdirSync(join(root, target), { recursive: true });
    symlinkSync(join(root, target), join(root, path));
  }
}

const USB = 'devices/pci0000:00/0000:00:14.0/usb1/1-4';
const DISK = `${USB}/1-4:1.0/host2/target2:0:0/2:0:0:0/block/sdb`;
const STICK = {
  [`${USB}/idVendor`]: '0781\n',
  [`${USB}/idProduct`]: '5581\n',
  [`${USB}/serial`]: '4C53\n',
  [`${USB}/product`]: 'Ultra \n',
  [`${USB}/bDeviceClass`]: '00\n',
  [`${DISK}/removable`]: '0\n',
  [`${DISK}/size`]: '2048\n',
  [`${DISK}/sdb1/partition`]: '1\n',
  [`${DISK}/sdb1/size`]: '1024\n',
};

describe('hardware below a filesystem', () => {
  test('a partition of a stick: the stick itself, even when the disk calls itself fixed, and its maker no class', () => {
    sysfs(STICK, { 'dev/block/8:17': `${DISK}/sdb1` });
    expect(readBlockDevice('8:17', root)).toEqual({
      bus: 'usb',
      removable: true,
      bytesTotal: 524_288,
      device: {
        id: 'usb:1-4',
        bus: 'usb',
        classes: ['storage'],
        vendorId: '0781',
        productId: '5581',
        productName: 'Ultra',
        serial: '4C53',
      },
    });
  });

  test('encryption on a stick is a stick, with the size of what is inside', () => {
    const mapper = 'devices/virtual/block/dm-3';
    sysfs({ ...STICK, [`${mapper}/size`]: '1000\n' }, { 'dev/block/254:3': mapper, [`${mapper}/slaves/sdb1`]: `${DISK}/sdb1` });
    expect(readBlockDevice('254:3', root)).toMatchObject({ bus: 'usb', removable: true, bytesTotal: 512_000, device: { id: 'usb:1-4' } });
  });

  test.each([
    ['a loop device', 'devices/virtual/block/loop0', {}, 'virtual', false],
    [
      'a fixed SATA disk',
      'devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda',
      { removable: '0' },
      'internal',
      false,
    ],
    ['an SD card', 'devices/pci0000:00/0000:02:00.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0', { 'device/type': 'SD' }, 'sd', true],
    ['soldered eMMC', 'devices/platform/mmc_host/mmc1/mmc1:0001/block/mmcblk1', { 'device/type': 'MMC' }, 'internal', false],
    ['a DVD drive', 'devices/pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sr0', { removable: '1' }, 'optical', true],
    ['an NVMe disk inside', 'devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1', {}, 'internal', false],
    ['a network block device', 'devices/virtual/block/nbd0', {}, 'network', false],
    ['a FireWire disk', 'devices/pci0000:00/0000:05:00.0/fw1/fw1.0/host5/target5:0:0/5:0:0:0/block/sdd', {}, 'firewire', true],
  ])('%s', (_name, folder, files: Record<string, string>, bus, removable) => {
    sysfs(Object.fromEntries(Object.entries({ size: '8', ...files }).map(([name, text]) => [`${folder}/${name}`, text])), {
      'dev/block/9:9': folder,
    });
    expect(readBlockDevice('9:9', root)).toMatchObject({ bus, removable });
  });

  test('an NVMe disk behind an external port is carried by Thunderbolt', () => {
    const folder = 'devices/pci0000:00/0000:00:1d.0/0000:04:00.0/nvme/nvme1/nvme1n1';
    sysfs(
      { 'devices/pci0000:00/0000:00:1d.0/0000:04:00.0/removable': 'removable\n', [`${folder}/size`]: '8' },
      { 'dev/block/259:0': folder },
    );
    expect(readBlockDevice('259:0', root)).toMatchObject({ bus: 'thunderbolt', removable: true });
  });

  test.each([
    ['seconds after the start', '4000000', 'internal'],
    ['an hour later, as at a USB4 port that the firmware does not call external', '3600000000', 'unknown'],
  ])('an NVMe disk that looks built in, first seen %s', (_when, microseconds, bus) => {
    const folder = 'devices/pci0000:00/0000:00:1c.0/0000:06:00.0/nvme/nvme2/nvme2n1';
    sysfs(
      { [`${folder}/size`]: '8', [`${folder}/dev`]: '259:7\n', 'udev/b259:7': `S:disk/by-id/nvme-${'x'.repeat(300)}\nI:${microseconds}\n` },
      { 'dev/block/259:7': folder },
    );
    expect(readBlockDevice('259:7', root, join(root, 'udev'))).toMatchObject({ bus });
  });

  test('a device that went away, or layers that lead in a circle, are unknown and no hang', () => {
    expect(readBlockDevice('8:99', root)).toEqual({ bus: 'unknown', removable: false });
    const mapper = 'devices/virtual/block/dm-0';
    sysfs({ [`${mapper}/size`]: '8' }, { 'dev/block/254:0': mapper, [`${mapper}/slaves/dm-0`]: mapper });
    expect(readBlockDevice('254:0', root)).toMatchObject({ bus: 'virtual' });
  });
});

describe('label and UUID', () => {
  test('come from the udev database, with its escapes undone', () => {
    mkdirSync(join(root, 'run/udev/data'), { recursive: true });
    writeFileSync(
      join(root, 'run/udev/data/b8:17'),
      String.raw`S:disk/by-uuid/1A2B-3C4D
E:ID_FS_LABEL=MY_STICK
E:ID_FS_LABEL_ENC=MY\x20STICK\x0a\xe5\xa4\x96
E:ID_FS_UUID_ENC=1A2B-3C4D
`,
    );
    expect(readFilesystemNames('8:17', root)).toEqual({ label: 'MY STICK\n外', uuid: '1A2B-3C4D' });
    expect(readFilesystemNames('8:18', root)).toEqual({});
  });
});
