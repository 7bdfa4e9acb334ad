import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
const FORBIDDEN = 'winter-camellia';
const POLICY = `
format: sekisho-policy/1
name: vm
title: { ja: 試験, en: Test }
keywords:
  - { id: secret, words: [${SECRET}] }
  - { id: forbidden, words: [${FORBIDDEN}] }
rules:
  - { id: forbidden, when: [{ findings: [{ detector: custom.forbidden }] }], action: block }
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

  const recoveryIdentity = (): string =>
    /AGE-SECRET-KEY-1\w+/.exec(readFileSync(join(guest.organisation, 'recovery.identity'), 'utf8'))?.[0] ?? '';
  const image = (name: string): string => join(root, `${name}.img`);
  /** Plugs it and has udisks mount it; gives the partition and the place. */
  async function mounted(name: string, serial: string): Promise<[partition: string, place: string]> {
    makeStickImage(image(name), [{ filesystem: 'fat32', mebibytes: 40 }]);
    await vm.plugStick(name, image(name), { serial });
    const link = (await vm.until(`ls /dev/disk/by-id/usb-*${serial}*-part1 | head -n 1 | grep .`)).trim();
    const partition = (await vm.run(`readlink -f ${link}`)).trim();
    const place = / at (\/\S+?)\.?\s*$/.exec(await vm.until(`udisksctl mount -o umask=000 -b ${partition}`))?.[1] ?? '';
    // udisks keeps the folder above for whoever asked it, here root.
    await vm.run(`chmod 755 $(dirname ${place})`);
    await isGuarded(place);
    return [partition, place];
  }
  /** A command of the employee at this PC. */
  const asHanako = (command: string) => vm.start(`runuser -u hanako -- bash -c '${command}'`);
  const isGuarded = (place: string) =>
    guest.untilStatus(({ volumes }) =>
      volumes.some(({ volume, guard, state }) => volume.mountPoint === place && guard === 'fuse' && state === 'ready'),
    );
  const types = (place: string): Promise<string> => vm.run(`findmnt -n -o FSTYPE ${place} | tr '\\n' ' '`);

  test('udisks mounts, finds mounted, unmounts and powers off what is behind a view', { timeout: 600_000 }, async () => {
    const [partition, place] = await mounted('ejected', 'VIEW01');
    expect((await types(place)).trim().split(' ')).toEqual(expect.arrayContaining(['fuse.sekisho']));
    const copied = await asHanako(`echo ${SECRET} >${place}/list.txt && echo harmless >${place}/plain.txt && cat ${place}/list.txt`);
    expect(copied).toMatchObject({ status: 0, stdout: `${SECRET}\n` });
    expect((await asHanako(`echo ${FORBIDDEN} >/tmp/kept.txt; cp /tmp/kept.txt ${place}/kept.txt`)).status).not.toBe(0);
    expect(await asHanako(`ls ${place}; cat /tmp/kept.txt`)).toMatchObject({ stdout: `list.txt\nplain.txt\n${FORBIDDEN}\n` });
    // A medium that udisks took for unmounted would be mounted a second time, past the view.
    expect(await vm.run(`udisksctl mount -b ${partition} 2>&1 || true`)).toContain('already mounted');
    await vm.run(`udisksctl unmount -b ${partition}`);
    await vm.until(`! grep -q ${partition} /proc/self/mountinfo`);
    await vm.until(`udisksctl power-off -b ${partition}`);
    await vm.until(`! test -e ${partition} && ! test -e ${place}`);
    await vm.unplug('ejected');
    const raw = openRaw(image('ejected'));
    const report = verifyMedium(raw, { identities: [recoveryIdentity()], canaries: [SECRET, FORBIDDEN] });
    raw.close();
    expect(report).toMatchObject({ canaries: [], problems: [], claimedBytes: 0 });
    expect(report.unaccounted.filter(({ kind }) => kind === 'file').map(({ path }) => path)).toEqual(['plain.txt']);
    const kinds = (await guest.events()).map(({ event: { body } }) => body.type);
    expect(kinds).toEqual(expect.arrayContaining(['file.encrypted', 'file.blocked', 'volume.unmounted']));
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
    await asHanako(`echo harmless >${place}/plain.txt`);
    // Whatever the view is meanwhile, nothing of this may reach the medium.
    const writing = asHanako(`until [ -e /tmp/enough ]; do echo ${SECRET} 2>/dev/null >${place}/gap-$RANDOM.txt; sleep 0.05; done`);
    const waited = await vm.run(
      `kill -9 ${before}; began=$(date +%s%N); until runuser -u hanako -- touch ${place}/back.txt 2>/dev/null; do sleep 0.05; done; echo $((($(date +%s%N) - began) / 1000000))`,
    );
    process.stdout.write(`vm-view: written to again ${waited.trim()} ms after the kill, on this machine\n`);
    expect((await vm.run('systemctl show -p MainPID --value sekisho-agent')).trim()).not.toBe(before);
    await isGuarded(place);
    await vm.run('touch /tmp/enough');
    await writing;
    expect(await asHanako(`echo ${SECRET} >${place}/after.txt && cat ${place}/after.txt ${place}/plain.txt`)).toMatchObject({
      stdout: `${SECRET}\nharmless\n`,
    });
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

  test('an uninstalled service is gone', { timeout: 300_000 }, async () => {
    await vm.run('node /product/dist/program/main.js service uninstall');
    expect((await vm.start('systemctl is-active sekisho-agent')).status).not.toBe(0);
    await vm.run('! ls /etc/systemd/system/sekisho* /etc/udev/rules.d/*sekisho* 2>/dev/null');
  });
});
