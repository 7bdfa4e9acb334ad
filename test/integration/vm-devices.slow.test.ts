import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnrolledGuest } from '../vm/enrolled-guest.ts';
import { openRaw, verifyMedium } from '../../src/media/index.ts';
import { type Machine, machineMissing } from '../vm/machine.ts';
import { makeDiscImage, makeStickImage, type StickFilesystem } from '../vm/stick-image.ts';

// Device rules on a real USB stack: the agent as it is installed, in a virtual machine whose sticks are plugged and pulled.

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-devices: skipped, ${missing}\n`);

const SECRET = 'plum-blossom-estimate';
const policy = (unknown: 'block' | 'guard', guarded: 'guard' | 'block' = 'guard'): string => `
format: sekisho-policy/1
name: vm
title: { ja: 試験, en: Test }
volumes: { guard-mode: watch }
keywords:
  - { id: secret, words: [${SECRET}] }
devices:
  default: ${unknown}
  default-present-at-start: read-only
  rules:
    - { id: ours, when: { serial-range: [{ from: OURS00, to: OURS99 }] }, action: ${guarded} }
    - { id: reading, when: { serial: [READ*] }, action: read-only }
    - { id: trusted, when: { serial: [FREE*] }, action: allow }
    - { id: discs, when: { bus: [optical], serial: [DISC*] }, action: read-only }
    - { id: enrolled, when: { enrolled: true, serial: [ENROL*] }, action: guard }
    - { id: no-phones, when: { class: [media-transfer, phone] }, action: block }
    - { id: no-network-cards, when: { class: [network] }, action: block }
rules:
  - { id: secret, when: [{ findings: [{ detector: custom.secret }] }], action: encrypt }
`;

describe.skipIf(missing !== null)('devices in a virtual machine', () => {
  let root: string;
  let guest: EnrolledGuest;
  let vm: Machine;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'sekisho-vm-devices-'));
    guest = await EnrolledGuest.start(root, policy('block'), (line) => process.stdout.write(`vm-devices: ${line}\n`));
    vm = guest.machine;
  }, 900_000);
  afterAll(async () => {
    await guest?.stop();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  const image = (name: string): string => join(root, `${name}.img`);
  function stick(name: string, ...filesystems: StickFilesystem[]): string {
    makeStickImage(
      image(name),
      (filesystems.length === 0 ? ['fat32' as const] : filesystems).map((filesystem) => ({ filesystem, mebibytes: 40 })),
    );
    return image(name);
  }
  /** The device folder in sysfs of the device with this serial. */
  const sysfs = (serial: string): string => `$(dirname $(grep -lx ${serial} /sys/bus/usb/devices/*/serial | head -n 1))`;
  /** Mounts partition after partition of the stick with this serial; gives the mount points. */
  async function mount(serial: string, partitions = 1): Promise<string[]> {
    const points: string[] = [];
    for (let number = 1; number <= partitions; number += 1) {
      const device = (await vm.until(`ls /dev/disk/by-id/usb-*${serial}*-part${number} | head -n 1 | grep .`)).trim();
      const point = `/media/${serial}-${number}`;
      await vm.run(`mkdir -p ${point} && mount ${device} ${point}`);
      points.push(point);
    }
    return points;
  }
  /** The guard may be looking at a file of it still. */
  const unmount = (point: string): Promise<string> => vm.until(`umount ${point} 2>/dev/null || ! mountpoint -q ${point}`);
  const recoveryIdentity = (): string =>
    /AGE-SECRET-KEY-1\w+/.exec(readFileSync(join(guest.organisation, 'recovery.identity'), 'utf8'))?.[0] ?? '';
  const isGuarded = async (point: string): Promise<void> => {
    await guest.untilStatus(({ volumes }) => volumes.some(({ volume, state }) => volume.mountPoint === point && state === 'ready'));
  };

  test.each(['fat32', 'exfat', 'ext4'] as const)(
    'a secret copied to a guarded %s stick is ciphertext on the medium',
    { timeout: 300_000 },
    async (filesystem) => {
      const serial = { fat32: 'OURS01', exfat: 'OURS02', ext4: 'OURS03' }[filesystem];
      await vm.plugStick(filesystem, stick(filesystem, filesystem), { serial });
      const [point = ''] = await mount(serial);
      await isGuarded(point);
      await vm.run(`mkdir ${point}/folder && echo '${SECRET}' >${point}/folder/list.txt && echo harmless >${point}/plain.txt`);
      await vm.until(`test -e ${point}/folder/list.txt.age -a ! -e ${point}/folder/list.txt`);
      await unmount(point);
      await vm.unplug(filesystem);
      const raw = openRaw(image(filesystem));
      const report = verifyMedium(raw, { identities: [recoveryIdentity()], canaries: [SECRET] });
      raw.close();
      expect(report).toMatchObject({ canaries: [], problems: [], claimedBytes: 0 });
      expect(report.provenBytes).toBeGreaterThan(200);
      expect(report.unaccounted.filter(({ kind }) => kind === 'file').map(({ path }) => path)).toEqual(['plain.txt']);
    },
  );

  test(
    'a stick that no rule knows is taken away before it is mounted, and given back by another policy',
    { timeout: 300_000 },
    async () => {
      await vm.plugStick('strange', stick('strange'), { serial: 'STRANGE' });
      await vm.until(`test "$(cat ${sysfs('STRANGE')}/authorized)" = 0`);
      await vm.until('! ls /dev/disk/by-id/usb-*STRANGE* 2>/dev/null');
      await guest.push(policy('guard'));
      await vm.until(`test "$(cat ${sysfs('STRANGE')}/authorized)" = 1`);
      const [point = ''] = await mount('STRANGE');
      await isGuarded(point);
      await guest.push(policy('block'));
      await vm.until(`test "$(cat ${sysfs('STRANGE')}/authorized)" = 0 && ! mountpoint -q ${point}`);
      await vm.unplug('strange');
      const told = (await guest.events()).flatMap(({ event }) =>
        event.body.type === 'device.access-changed' ? [event.body.data.access] : [],
      );
      expect(told.toReversed()).toEqual(['denied', 'granted', 'denied']);
    },
  );

  test('the shipped rules keep others off the device itself, and automounters off the volume', { timeout: 300_000 }, async () => {
    await vm.plugStick('ruled', stick('ruled'), { serial: 'FREE09' });
    const partition = (await vm.until('ls /dev/disk/by-id/usb-*FREE09*-part1 | grep .')).trim();
    for (const node of [partition, partition.replace(/-part1$/, '')]) {
      expect(await vm.run(`stat -L -c '%a %U %G' ${node}`)).toBe('600 root root\n');
      const properties = await vm.run(`udevadm info --query=property ${node}`);
      expect(properties).toContain('UDISKS_IGNORE=1\n');
      expect(properties).toContain('UDISKS_MOUNT_OPTIONS_DEFAULTS=nosuid,nodev,noexec\n');
    }
    await vm.unplug('ruled');
  });

  test('read-only holds through a remount', { timeout: 300_000 }, async () => {
    await vm.plugStick('reading', stick('reading'), { serial: 'READ01' });
    const [point = ''] = await mount('READ01');
    await vm.until(`! touch ${point}/x`);
    await vm.run(`mount -o remount,rw ${point}`);
    await vm.until(`! touch ${point}/x`);
    expect(await vm.run(`findmnt -no OPTIONS ${point}`)).toMatch(/^ro,/);
    await unmount(point);
    await vm.unplug('reading');
  });

  test('an allowed stick is left alone', { timeout: 300_000 }, async () => {
    await vm.plugStick('free', stick('free'), { serial: 'FREE01' });
    const [point = ''] = await mount('FREE01');
    await guest.untilStatus(({ volumes }) => volumes.some(({ volume, treatment }) => volume.mountPoint === point && treatment === 'allow'));
    await vm.run(`echo '${SECRET}' >${point}/list.txt && sync`);
    await unmount(point);
    await vm.unplug('free');
    expect(readFileSync(image('free')).includes(SECRET)).toBe(true);
  });

  test('two sticks with one serial, one with two partitions: each volume is guarded', { timeout: 300_000 }, async () => {
    await vm.plugStick('twin-one', stick('twin-one', 'fat32', 'exfat'), { serial: 'OURS10' });
    const points = await mount('OURS10', 2);
    await vm.plugStick('twin-two', stick('twin-two', 'ext4'), { serial: 'OURS10' });
    // udev gives the name by serial to one of them: the other is found by its filesystem.
    await vm.until('blkid -t TYPE=ext4 -o device | grep -q /dev/sd');
    await vm.run('mkdir -p /media/twin && mount $(blkid -t TYPE=ext4 -o device | grep /dev/sd | head -n 1) /media/twin');
    for (const point of [...points, '/media/twin']) await isGuarded(point);
    for (const point of [...points, '/media/twin']) {
      await vm.run(`echo '${SECRET}' >${point}/list.txt`);
      await vm.until(`test -e ${point}/list.txt.age -a ! -e ${point}/list.txt`);
      await unmount(point);
    }
    await vm.unplug('twin-one');
    await vm.unplug('twin-two');
    for (const name of ['twin-one', 'twin-two']) expect(readFileSync(image(name)).includes(SECRET)).toBe(false);
  });

  test('phones and network cards are denied; a keyboard and a hub are not', { timeout: 300_000 }, async () => {
    await vm.plug('phone', 'phone', 'PHONE1');
    await vm.until(`test "$(cat ${sysfs('PHONE1')}/authorized)" = 0`);
    await vm.plug('card', 'network-adapter');
    await vm.until('test "$(cat $(dirname $(grep -lx a4a2 /sys/bus/usb/devices/*/idProduct))/authorized)" = 0');
    await vm.plug('keys', 'keyboard', 'KEYS1');
    await vm.until(`test -n "$(ls ${sysfs('KEYS1')}/*/bInterfaceClass)"`);
    await vm.until('grep -qi keyboard /proc/bus/input/devices');
    expect(await vm.run(`cat ${sysfs('KEYS1')}/authorized`)).toBe('1\n');
    for (const name of ['phone', 'card', 'keys']) await vm.unplug(name);
  });

  test('a disc can be read', { timeout: 300_000 }, async () => {
    makeDiscImage(image('disc'), 'README.TXT', 'on a disc');
    await vm.plugDisc('disc', image('disc'));
    await vm.until('test -b /dev/sr0');
    await vm.run('mkdir -p /media/disc && mount /dev/sr0 /media/disc');
    await guest.untilStatus(({ volumes }) =>
      volumes.some(({ volume, treatment }) => volume.bus === 'optical' && treatment === 'read-only'),
    );
    expect((await vm.run('cat /media/disc/*')).trim()).toContain('on a disc');
    await vm.run('umount /media/disc');
    await vm.unplug('disc');
  });

  test('a stick pulled during a copy: the agent goes on, and guards it when it comes back', { timeout: 300_000 }, async () => {
    await vm.plugStick('pulled', stick('pulled'), { serial: 'OURS20' });
    const [point = ''] = await mount('OURS20');
    await isGuarded(point);
    const copy = vm.start(`dd if=/dev/zero of=${point}/big bs=64K count=500 oflag=sync`);
    await vm.until(`test -s ${point}/big`);
    await vm.unplug('pulled');
    expect((await copy).status).not.toBe(0);
    await guest.untilStatus(({ volumes }) => volumes.every(({ volume }) => volume.mountPoint !== point));
    await vm.run(`umount -l ${point}`);
    await vm.plugStick('pulled', image('pulled'), { serial: 'OURS20' });
    await mount('OURS20');
    await isGuarded(point);
    await unmount(point);
    await vm.unplug('pulled');
  });

  test('suspend and resume leave the guard in force', { timeout: 300_000 }, async () => {
    await vm.plugStick('sleeper', stick('sleeper'), { serial: 'OURS30' });
    const [point = ''] = await mount('OURS30');
    await isGuarded(point);
    await vm.suspendAndResume();
    await vm.run(`echo '${SECRET}' >${point}/after.txt`);
    await vm.until(`test -e ${point}/after.txt.age -a ! -e ${point}/after.txt`);
    await unmount(point);
    await vm.unplug('sleeper');
    expect(readFileSync(image('sleeper')).includes(SECRET)).toBe(false);
  });

  test('what is plugged in when the agent starts has a default of its own', { timeout: 300_000 }, async () => {
    await guest.stopAgent();
    await vm.plugStick('early', stick('early'), { serial: 'EARLY1' });
    const [point = ''] = await mount('EARLY1');
    await guest.startAgent();
    await vm.until(`! touch ${point}/x`);
    expect(await vm.run(`cat ${sysfs('EARLY1')}/authorized`)).toBe('1\n');
    await unmount(point);
    await vm.unplug('early');
  });

  test('an enrolled stick is guarded, a copy of its record on another is not believed', { timeout: 300_000 }, async () => {
    const archive = execFileSync('tar', ['-C', guest.organisation, '-cz', '.']).toString('base64');
    await vm.run(`mkdir -p /root/org && echo ${archive} | base64 -d | tar -C /root/org -xz && chown -R root:root /root/org`);
    await guest.stopAgent();
    await vm.plugStick('enrolled', stick('enrolled'), { serial: 'ENROL01' });
    const disk = (await vm.until('ls /dev/disk/by-id/usb-*ENROL01*:0 | grep .')).trim();
    const enroll = 'node /product/dist/program/main.js media enroll';
    await vm.run(`${enroll} $(readlink -f ${disk}) --erase --org /root/org --holder tanaka --due 2099-12-31`);
    await vm.plugStick('copied', stick('copied'), { serial: 'ENROL02' });
    const [from = ''] = await mount('ENROL01');
    const [to = ''] = await mount('ENROL02');
    await vm.run(`cp -r ${from}/.sekisho ${to}/ && umount ${from} ${to}`);
    await guest.startAgent();
    // Plugged in again, so that they count as inserted later.
    await vm.unplug('enrolled');
    await vm.unplug('copied');
    await vm.plugStick('enrolled', image('enrolled'), { serial: 'ENROL01' });
    await vm.plugStick('copied', image('copied'), { serial: 'ENROL02' });
    await mount('ENROL01');
    await isGuarded(from);
    await mount('ENROL02');
    await vm.until(`! mountpoint -q ${to}`);
    await unmount(from);
    expect(await vm.run('node /product/dist/program/main.js media list --org /root/org')).toContain('ENROL01');
    await vm.unplug('enrolled');
    await vm.unplug('copied');
    const raw = openRaw(image('enrolled'));
    const report = verifyMedium(raw, { identities: [recoveryIdentity()], canaries: [SECRET] });
    raw.close();
    expect(report.unaccounted.flatMap(({ path }) => path ?? [])).toEqual(['.sekisho/medium.dsse.json']);
  });
});
