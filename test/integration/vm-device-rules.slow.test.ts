import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnrolledGuest } from '../vm/enrolled-guest.ts';
import { Gadgets } from '../vm/gadgets.ts';
import { type Machine, machineMissing } from '../vm/machine.ts';
import { makeStickImage } from '../vm/stick-image.ts';

// What a device rule can ask, on devices of any identity: sticks, printers and keyboards made by the guest's own kernel,
// cards in a reader, disks behind PCI, and people, hours and networks that change while all is plugged in.

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-device-rules: skipped, ${missing}\n`);

const HOUR = 3_600_000;
/** The guest's clock, like the host's, is before it; four hours on it is within, whatever the minute. */
const later = (hours: number): string => `${new Date(Date.now() + hours * HOUR).toISOString().slice(11, 13)}:00`;
const WINDOW = `{ from: '${later(2)}', to: '${later(6)}', zone: UTC }`;

const DISKS = `
    - { id: inside, when: { bus: [internal], serial: [NVME*] }, action: read-only }
    - { id: else-inside, when: { bus: [internal] }, action: allow }`;

// An agent goes by the name of the PC that it was enrolled on, which is this one.
const policy = ({ combo = 'block', disks = false } = {}): string => `
format: sekisho-policy/1
name: vm
title: { ja: 試験, en: Test }
volumes: { guard-mode: watch, removable: [usb, sd, thunderbolt, firewire, optical, unknown${disks ? ', internal' : ''}] }
devices:
  default: block
  rules:
    - { id: model, when: { vendor-id: ['0781'], product-id: ['5581'] }, action: allow }
    - { id: maker, when: { vendor-id: ['0951'] }, action: ${combo} }
    - { id: any-serial, when: { vendor-id: ['1234'], serial: ['*'] }, action: read-only }
    - { id: without-serial, when: { vendor-id: ['1234'], has-serial: false }, action: guard }
    - { id: printers, when: { class: [printer] }, action: block }
    - { id: cards, when: { bus: [sd], serial: ['0xdead*'] }, action: read-only }
    - { id: fat, when: { filesystem: [VFAT], serial: [FILES*] }, action: guard }
    - { id: ext4, when: { filesystem: [ext4], serial: [FILES*] }, action: read-only }
    - { id: place, when: { networks: [10.99.0.0/16], serial: [PLACE*] }, action: guard }
    - { id: person, when: { users: [hana*], serial: [PERSON*] }, action: guard }
    - { id: hours, when: { time: [${WINDOW}], serial: [HOURS*] }, action: guard }
    - { id: this-pc, when: { hosts: ['${hostname().toUpperCase()}'], serial: [HOST*] }, action: guard }
    - { id: other-pc, when: { hosts: [another-*], serial: [OTHER*] }, action: guard }
    - { id: late, when: { bus: [unknown] }, action: guard }${disks ? DISKS : ''}
rules: []
`;

describe.skipIf(missing !== null)('conditions of device rules in a virtual machine', () => {
  let root: string;
  let guest: EnrolledGuest;
  let vm: Machine;
  let gadgets: Gadgets;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'sekisho-vm-device-rules-'));
    guest = await EnrolledGuest.start(root, policy(), (line) => process.stdout.write(`vm-device-rules: ${line}\n`));
    vm = guest.machine;
    gadgets = await Gadgets.start(vm);
    await vm.run('modprobe -a sdhci_pci mmc_block nvme');
  }, 900_000);
  afterAll(async () => {
    await guest?.stop();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  const isDenied = (...ports: number[]): Promise<string> =>
    vm.until(ports.map((port) => `test "$(cat ${gadgets.folder(port)}/authorized)" = 0`).join(' && '));
  const isGranted = (...ports: number[]): Promise<string> =>
    vm.until(ports.map((port) => `test "$(cat ${gadgets.folder(port)}/authorized)" = 1`).join(' && '));
  const authorized = async (port: number): Promise<string> => (await vm.run(`cat ${gadgets.folder(port)}/authorized`)).trim();
  const mount = async (node: string, name: string): Promise<string> => {
    await vm.until(`test -b ${node}`);
    await vm.run(`mkdir -p /media/${name} && mount ${node} /media/${name}`);
    return `/media/${name}`;
  };
  const mountLabel = (label: string): Promise<string> => mount(`/dev/disk/by-label/${label}`, label);
  /** Waits until the volumes mounted there are treated so. */
  const areTreated = async (wanted: Readonly<Record<string, string>>): Promise<void> => {
    const places = Object.keys(wanted);
    await guest.untilStatus(({ volumes }) =>
      places.every((place) =>
        volumes.some(({ volume, treatment, state }) => {
          return volume.mountPoint === place && treatment === wanted[place] && (treatment !== 'guard' || state === 'ready');
        }),
      ),
    );
  };
  /** The guard may be looking at a file of it still. */
  const unmount = (point: string): Promise<string> => vm.until(`umount ${point} 2>/dev/null || ! mountpoint -q ${point}`);

  test('vendor, product, and a serial or none', { timeout: 300_000 }, async () => {
    await gadgets.plug('model', 0, { ids: '0781:5581', serial: 'FINE1', functions: [{ storage: 'FINE' }] });
    await gadgets.plug('nameless', 1, { ids: '1234:0001', functions: [{ storage: 'NAMELESS' }] });
    await gadgets.plug('named', 2, { ids: '1234:0001', serial: 'NAMED1', functions: [{ storage: 'NAMED' }] });
    await gadgets.plug('sister', 3, { ids: '0781:5591', serial: 'SISTER1', functions: [{ storage: 'SISTER' }] });
    await isDenied(3);
    const [fine, nameless, named] = [await mountLabel('FINE'), await mountLabel('NAMELESS'), await mountLabel('NAMED')];
    await areTreated({ [fine]: 'allow', [nameless]: 'guard', [named]: 'read-only' });
    expect([await authorized(0), await authorized(3)]).toEqual(['1', '0']);
    for (const point of [nameless, named]) await unmount(point);
    for (const name of ['nameless', 'named', 'sister']) await gadgets.unplug(name);
  });

  test('a device that comes back as another at its port is judged as that other', { timeout: 300_000 }, async () => {
    // `model` is mounted still.
    await gadgets.unplug('model');
    await gadgets.plug('impostor', 0, { ids: '0951:1666', serial: 'FINE1', functions: [{ storage: 'FINE' }] });
    await isDenied(0);
    await guest.untilStatus(({ volumes }) => volumes.every(({ volume }) => volume.mountPoint !== '/media/FINE'));
    await vm.run('umount -l /media/FINE');
    await gadgets.unplug('impostor');
    await gadgets.plug('model', 0, { ids: '0781:5581', serial: 'FINE1', functions: [{ storage: 'FINE' }] });
    const point = await mountLabel('FINE');
    await areTreated({ [point]: 'allow' });
    expect(await authorized(0)).toBe('1');
    await unmount(point);
    await gadgets.unplug('model');
  });

  test('a stick that is a keyboard too loses its disk alone; what no rule names is left', { timeout: 300_000 }, async () => {
    await gadgets.plug('combo', 4, { ids: '0951:1666', serial: 'COMBO1', functions: [{ storage: 'COMBO' }, 'keyboard'] });
    await gadgets.plug('card', 5, { ids: '0bda:8153', serial: 'CARD1', functions: ['network'] });
    await gadgets.plug('paper', 6, { ids: '04f9:0100', serial: 'PAPER1', functions: ['printer'] });
    await isDenied(6);
    await vm.until(`test "$(cat ${gadgets.folder(4)}/*-1:1.0/authorized)" = 0`);
    await vm.until('grep -q \'Name="Example combo"\' /proc/bus/input/devices');
    expect(await vm.run(`cat ${gadgets.folder(4)}/*-1:1.1/authorized; cat ${gadgets.folder(4)}/*-1:1.0/bInterfaceClass`)).toBe('1\n08\n');
    expect([await authorized(4), await authorized(5)]).toEqual(['1', '1']);
    await vm.until('! test -e /dev/disk/by-label/COMBO');
    for (const name of ['card', 'paper']) await gadgets.unplug(name);
  });

  test('each filesystem of a stick', { timeout: 300_000 }, async () => {
    const image = join(root, 'files.img');
    makeStickImage(
      image,
      (['fat32', 'ext4', 'exfat'] as const).map((filesystem) => ({ filesystem, mebibytes: 40, label: `FILES${filesystem}` })),
    );
    await vm.plugStick('files', image, { serial: 'FILES1' });
    const byPart = async (number: number): Promise<string> =>
      mount((await vm.until(`ls /dev/disk/by-id/usb-*FILES1*-part${number} | grep .`)).trim(), `files-${number}`);
    const [fat, ext4, exfat] = [await byPart(1), await byPart(2), await byPart(3)];
    await vm.until(`! mountpoint -q ${exfat}`);
    await areTreated({ [fat]: 'guard', [ext4]: 'read-only' });
    await vm.until(`! touch ${ext4}/x`);
    expect(await vm.run(`findmnt -no OPTIONS ${ext4}`)).toMatch(/^ro,/);
    for (const point of [fat, ext4]) await unmount(point);
    await vm.unplug('files');
  });

  test('a card in a reader', { timeout: 300_000 }, async () => {
    const image = join(root, 'card.img');
    makeStickImage(image, [{ filesystem: 'fat32', mebibytes: 40 }]);
    truncateSync(image, 64 * 1024 * 1024);
    await vm.insertCard('card', image);
    const point = await mount('/dev/mmcblk0p1', 'card');
    await areTreated({ [point]: 'read-only' });
    await vm.until(`! touch ${point}/x`);
    expect(await vm.run("stat -c '%a %U %G' /dev/mmcblk0 /dev/mmcblk0p1")).toBe('600 root root\n600 root root\n');
    await unmount(point);
    await vm.removeCard('card');
    await vm.until('! test -e /dev/mmcblk0');
  });

  test('people, hours and networks that come and go, for what is plugged in', { timeout: 300_000 }, async () => {
    const stick = (name: string, port: number): Promise<void> =>
      gadgets.plug(name, port, { ids: '0930:6545', serial: `${name}1`, functions: [{ storage: name }] });
    for (const [port, name] of ['PLACE', 'PERSON', 'HOURS', 'OTHER'].entries()) await stick(name, port);
    await isDenied(0, 1, 2, 3);
    await stick('HOST', 5);
    const host = await mountLabel('HOST');
    await areTreated({ [host]: 'guard' });

    await vm.run('ip address add 10.99.0.5/16 dev eth0');
    await vm.run(
      `setpriv --reuid 1000 --regid 1000 --clear-groups node /product/guest/agent-client.mjs tray >/tmp/tray.log 2>&1 & echo $! >/run/tray.pid`,
    );
    await vm.run("date -s '+4 hours'");
    await isGranted(0, 1, 2);
    const points = [await mountLabel('PLACE'), await mountLabel('PERSON'), await mountLabel('HOURS')];
    await areTreated(Object.fromEntries(points.map((point) => [point, 'guard'])));

    await vm.run('ip address delete 10.99.0.5/16 dev eth0');
    await vm.run('kill $(cat /run/tray.pid)');
    await vm.run("date -s '-4 hours'");
    await isDenied(0, 1, 2);
    await vm.until(points.map((point) => `! mountpoint -q ${point}`).join(' && '));
    expect(await authorized(3)).toBe('0');
    await unmount(host);
    for (const name of ['PLACE', 'PERSON', 'HOURS', 'OTHER', 'HOST']) await gadgets.unplug(name);
  });

  test("a disk inside is nobody's business, until a policy names it or it comes late", { timeout: 300_000 }, async () => {
    const image = join(root, 'nvme.img');
    makeStickImage(image, [{ filesystem: 'ext4', mebibytes: 40 }]);
    await vm.plugNvme('nvme', image, 'NVME01');
    await vm.until('test -b /dev/nvme0n1p1');
    // udev's record of when it saw the disk: with the others, as the PC started; further down, after five minutes and more.
    const seen = (microseconds: number): Promise<string> =>
      vm.run(`udevadm settle; sed -i 's/^I:.*/I:${microseconds}/' /run/udev/data/b$(cat /sys/block/nvme0n1/dev)`);
    await seen(9_000_000);
    const point = await mount('/dev/nvme0n1p1', 'nvme');
    await areTreated({ [point]: 'ignore' });
    expect(await vm.run(`echo ours >${point}/x; cat ${point}/x`)).toBe('ours\n');

    // The same push gives the keyboard its disk back.
    await guest.push(policy({ combo: 'guard', disks: true }));
    await areTreated({ [point]: 'read-only', '/product': 'allow' });
    await vm.until(`! touch ${point}/x`);
    const combo = await mountLabel('COMBO');
    await areTreated({ [combo]: 'guard' });
    await unmount(combo);
    await unmount(point);

    await seen(900_000_000);
    await mount('/dev/nvme0n1p1', 'nvme');
    await areTreated({ [point]: 'guard' });
    await unmount(point);
    await vm.unplug('nvme');
  });

  test('the record names the rule that denied each', { timeout: 60_000 }, async () => {
    const told = (await guest.events()).flatMap(({ event }) => (event.body.type === 'device.access-changed' ? [event.body.data] : []));
    const denied = told.filter(({ access }) => access === 'denied').map(({ device, rule }) => `${device.productName} ${rule ?? 'default'}`);
    expect(denied.toSorted()).toEqual(
      ['HOURS default', 'HOURS default', 'OTHER default', 'PERSON default', 'PERSON default', 'PLACE default', 'PLACE default']
        .concat(['combo maker', 'impostor maker', 'paper printers', 'sister default'])
        .toSorted(),
    );
  });
});
