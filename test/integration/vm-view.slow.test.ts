import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRaw, verifyMedium } from '../../src/media/index.ts';
import { EnrolledGuest } from '../vm/enrolled-guest.ts';
import { type Machine, machineMissing } from '../vm/machine.ts';
import { makeStickImage } from '../vm/stick-image.ts';

// The installed service and its view on sticks that udisks mounts, as a desktop's file manager has it do.

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-view: skipped, ${missing}\n`);

const SECRET = 'plum-blossom-estimate';
const POLICY = `
format: sekisho-policy/1
name: vm
title: { ja: 試験, en: Test }
keywords:
  - { id: secret, words: [${SECRET}] }
rules:
  - { id: secret, when: [{ findings: [{ detector: custom.secret }] }], action: encrypt }
`;

describe.skipIf(missing !== null)('the view of an installed service', () => {
  let root: string;
  let guest: EnrolledGuest;
  let vm: Machine;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'sekisho-vm-view-'));
    guest = await EnrolledGuest.start(root, POLICY, (line) => process.stdout.write(`vm-view: ${line}\n`), 'systemd');
    vm = guest.machine;
  }, 900_000);
  afterAll(async () => {
    await guest?.stop();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  const image = (name: string): string => join(root, `${name}.img`);
  /** Plugs it and has udisks mount it; gives the partition and the place. */
  async function mounted(name: string, serial: string): Promise<[partition: string, place: string]> {
    makeStickImage(image(name), [{ filesystem: 'fat32', mebibytes: 40 }]);
    await vm.plugStick(name, image(name), { serial });
    const link = (await vm.until(`ls /dev/disk/by-id/usb-*${serial}*-part1 | head -n 1 | grep .`)).trim();
    const partition = (await vm.run(`readlink -f ${link}`)).trim();
    const place = / at (\/\S+?)\.?\s*$/.exec(await vm.until(`udisksctl mount -b ${partition}`))?.[1] ?? '';
    await isGuarded(place);
    return [partition, place];
  }
  const isGuarded = (place: string) =>
    guest.untilStatus(({ volumes }) =>
      volumes.some(({ volume, guard, state }) => volume.mountPoint === place && guard === 'fuse' && state === 'ready'),
    );
  const types = (place: string): Promise<string> => vm.run(`findmnt -n -o FSTYPE ${place} | tr '\\n' ' '`);

  test('udisks mounts, finds mounted, unmounts and powers off what is behind a view', { timeout: 600_000 }, async () => {
    const [partition, place] = await mounted('ejected', 'VIEW01');
    expect((await types(place)).trim().split(' ')).toEqual(expect.arrayContaining(['fuse.sekisho']));
    await vm.run(`echo '${SECRET}' >${place}/list.txt && echo harmless >${place}/plain.txt`);
    // A medium that udisks took for unmounted would be mounted a second time, past the view.
    expect(await vm.run(`udisksctl mount -b ${partition} 2>&1 || true`)).toContain('already mounted');
    await vm.run(`udisksctl unmount -b ${partition}`);
    await vm.until(`! grep -q ${partition} /proc/self/mountinfo`);
    await vm.until(`udisksctl power-off -b ${partition}`);
    await vm.until(`! test -e ${partition} && ! test -e ${place}`);
    await vm.unplug('ejected');
    const raw = openRaw(image('ejected'));
    const report = verifyMedium(raw, { identities: [], canaries: [SECRET] });
    raw.close();
    expect(report.canaries).toEqual([]);
  });

  test('a stick pulled from under its view leaves no mount and no hanging program', { timeout: 600_000 }, async () => {
    const [, place] = await mounted('pulled', 'VIEW02');
    await vm.run(`echo '${SECRET}' >${place}/list.txt`);
    await vm.unplug('pulled');
    await guest.untilStatus(({ volumes }) => volumes.every(({ volume }) => volume.mountPoint !== place));
    await vm.until(`! grep -q ' ${place} ' /proc/self/mountinfo`);
    // 124 is what timeout(1) says of a program that hung.
    expect(await vm.run(`timeout 20 ls ${place} >/dev/null 2>&1; echo $?`)).not.toBe('124\n');
  });

  test('systemd starts a killed agent again, and the view is back at its place', { timeout: 600_000 }, async () => {
    const [partition, place] = await mounted('killed', 'VIEW03');
    const before = (await vm.run('systemctl show -p MainPID --value sekisho-agent')).trim();
    await vm.run(`kill -9 ${before}`);
    await vm.until(
      `test "$(systemctl show -p MainPID --value sekisho-agent)" -gt 1 -a "$(systemctl show -p MainPID --value sekisho-agent)" != ${before}`,
    );
    await vm.until('node /product/guest/agent-client.mjs status');
    await isGuarded(place);
    await vm.run(`echo '${SECRET}' >${place}/after.txt`);
    await vm.run('systemctl stop sekisho-agent');
    await vm.run(`! touch ${place}/unguarded.txt`);
    await vm.run(`umount ${place}`);
    await vm.run('systemctl start sekisho-agent');
    expect(await vm.run(`grep -c ${partition} /proc/self/mountinfo || true`)).toBe('0\n');
    await vm.unplug('killed');
    const raw = openRaw(image('killed'));
    const report = verifyMedium(raw, { identities: [], canaries: [SECRET] });
    raw.close();
    expect(report.canaries).toEqual([]);
  });
});
