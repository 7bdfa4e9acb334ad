import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSystemMount, mountedFilesystems } from '../../../src/platform/linux/mount-choice.ts';
import { isReachable, type Mount, parseMountinfo, seenThrough, viewOver } from '../../../src/platform/linux/mountinfo.ts';

const desktop = parseMountinfo(readFileSync(join(import.meta.dirname, '../recordings/mountinfo-desktop.txt')));

const line = (id: number, parent: number, device: string, root: string, mountPoint: string): string =>
  `${id} ${parent} ${device} ${root} ${mountPoint} rw - ext4 /dev/x rw`;
const table = (...lines: string[]): Mount[] =>
  parseMountinfo(Buffer.from(`${['1 0 8:1 / / rw - ext4 /dev/sda1 rw', ...lines].join('\n')}\n`));
const byId = (mounts: readonly Mount[], id: number): Mount => {
  const found = mounts.find((mount) => mount.id === id);
  if (found === undefined) throw new Error(`no mount ${id}`);
  return found;
};

describe('parsing', () => {
  test('reads every line of a desktop, with optional fields and without', () => {
    expect(desktop).toHaveLength(18);
    expect(byId(desktop, 120)).toMatchObject({ device: '8:17', mountPoint: '/media/alice/MY STICK', filesystem: 'vfat', readOnly: false });
    expect(byId(desktop, 121)).toMatchObject({ mountPoint: '/media/alice/line\nbreak', readOnly: true });
    expect(byId(desktop, 95)).toMatchObject({ filesystem: 'overlay' });
  });

  test('gives back any path, whatever bytes the kernel had to escape', () => {
    const path = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter((bytes) => !bytes.includes(0));
    const escape = (bytes: Uint8Array): string =>
      Array.from(bytes, (byte) =>
        [0x20, 0x09, 0x0a, 0x5c].includes(byte) ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCodePoint(byte),
      ).join('');
    fc.assert(
      fc.property(path, (bytes) => {
        const [mount] = parseMountinfo(Buffer.from(`5 1 8:1 / /${escape(bytes)} rw - ext4 /dev/sdb rw\n`, 'latin1'));
        expect(Buffer.from(mount?.mountPointBytes ?? [])).toEqual(Buffer.concat([Buffer.from('/'), bytes]));
      }),
    );
  });

  test('leaves out what it does not know and never throws', () => {
    expect(parseMountinfo(Buffer.from('nonsense\n\n5 1 8:1 / /x rw\n5 1 eight / /x rw - ext4 a rw\n'))).toEqual([]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseMountinfo(bytes)));
  });
});

describe('what a path leads to', () => {
  test('a mount over another hides it, at the same place or above', () => {
    const mounts = table(
      line(2, 1, '8:2', '/', '/mnt/a'),
      line(3, 2, '8:3', '/', '/mnt/a'),
      line(4, 1, '8:4', '/', '/srv/x/y'),
      line(5, 1, '8:5', '/', '/srv/x'),
    );
    expect([1, 2, 3, 4, 5].map((id) => isReachable(byId(mounts, id), mounts))).toEqual([true, false, true, false, true]);
  });

  test('a mount on a mount is reached through it, and names that only begin alike are no way', () => {
    const mounts = table(line(2, 1, '8:2', '/', '/mnt'), line(3, 2, '8:3', '/', '/mnt/deep'), line(4, 1, '8:4', '/', '/mn'));
    expect([2, 3, 4].map((id) => isReachable(byId(mounts, id), mounts))).toEqual([true, true, true]);
  });

  test('a table that leads in a circle ends', () => {
    const mounts = table(line(2, 3, '8:2', '/', '/a'), line(3, 2, '8:3', '/', '/a'));
    expect(isReachable(byId(mounts, 2), mounts)).toBe(false);
  });
});

describe('which mounts are volumes', () => {
  test('a desktop: sticks, shares, phones and data disks, not the system and its pseudo filesystems', () => {
    const volumes = mountedFilesystems(desktop).filter((each) => !isSystemMount(each, desktop, each.kind === 'block'));
    expect(volumes.map((each) => [each.kind, each.primary.mountPoint])).toEqual([
      ['block', '/media/alice/MY STICK'],
      ['block', '/media/alice/line\nbreak'],
      ['network', '/mnt/share'],
      ['network', '/home/alice/remote'],
      ['phone', '/home/alice/phone'],
      ['block', '/data'],
    ]);
  });

  test("a stick mounted at one of the system's folders is no system mount", () => {
    const mounts = table(line(2, 1, '8:17', '/', '/var/tmp'));
    const [, stick] = mountedFilesystems(mounts);
    if (stick === undefined) throw new Error('the stick is no volume');
    expect(stick.primary.mountPoint).toBe('/var/tmp');
    expect([isSystemMount(stick, mounts, false), isSystemMount(stick, mounts, true)]).toEqual([false, true]);
  });

  test('a filesystem in many places is one, known by its oldest whole mount that a path leads to', () => {
    const mounts = table(
      line(2, 1, '8:17', '/photos', '/part'),
      line(3, 1, '8:17', '/', '/hidden'),
      '4 3 0:9 / /hidden rw - tmpfs tmpfs rw',
      line(5, 1, '8:17', '/', '/second'),
      line(6, 1, '8:17', '/', '/third'),
    );
    const found = mountedFilesystems(mounts).find((each) => each.device === '8:17');
    expect(found?.primary.mountPoint).toBe('/second');
    expect(found?.places).toHaveLength(4);
  });

  test('what lies under a view is where it was, and what lies over the view lies over it', () => {
    const covered = [line(2, 1, '8:17', '/', '/stick'), '3 2 0:50 / /stick rw - fuse.sekisho sekisho rw'];
    const table2 = table(...covered);
    const under = table2.find(({ id }) => id === 2);
    if (under === undefined) throw new Error('the stick is not in the table');
    expect(viewOver(under, table2)?.id).toBe(3);
    expect([isReachable(under, table2), isReachable(under, seenThrough(table2))]).toEqual([false, true]);
    const hidden = seenThrough(table(...covered, '4 3 0:51 / /stick rw - tmpfs tmpfs rw'));
    expect(isReachable(under, hidden)).toBe(false);
  });

  test('a part alone is the volume when the whole is mounted nowhere', () => {
    const mounts = table(line(2, 1, '8:17', '/photos', '/part'));
    expect(mountedFilesystems(mounts).at(-1)?.primary.mountPoint).toBe('/part');
  });
});
