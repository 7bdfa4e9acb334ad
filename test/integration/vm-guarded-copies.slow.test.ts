import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateIdentity } from '../../src/age/index.ts';
import { Machine, machineMissing } from '../vm/machine.ts';
import { makeStickImage } from '../vm/stick-image.ts';
import { copyWay, WAY_NAMES } from './copy-ways.ts';
import { makeSourcesDisk, quoted, readableOn, stickMebibytes, stickNode } from './guest-copies.ts';
import { KIND_NAMES, officeFiles } from './ten-kinds.ts';

/**
 * The fuse guard on sticks that this machine's own kernel may not know: in a virtual machine whose kernel has no FUSE
 * passthrough, so that the guard carries the bytes itself. What is on a stick in the end is read on the host, raw.
 */

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-guarded-copies: skipped, ${missing}\n`);

const FILES = Number(process.env['VM_FILES'] ?? 500);

describe.skipIf(missing !== null)(
  `${FILES} files of ${KIND_NAMES.length} kinds by ${WAY_NAMES.length} programs, in a virtual machine`,
  () => {
    const files = officeFiles(FILES);
    const keys = generateIdentity();
    let root: string;
    let vm: Machine;

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'sekisho-vm-copies-'));
      const lines = files.map(({ name }, n) => {
        const command = copyWay(n, `/tmp/sources/${name}`, '/media/stick', name).map(quoted).join(' ');
        return `${command} >/dev/null 2>&1; echo "$? ${name}"`;
      });
      const sources = makeSourcesDisk(root, files, keys, { 'copy.sh': `${lines.join('\n')}\n` });
      vm = await Machine.boot({ say: (line) => process.stdout.write(`vm-guarded-copies: ${line}\n`) });
      await vm.plugStick('sources', sources, { serial: 'SOURCES' });
      await vm.until('ls /dev/disk/by-id/usb-*SOURCES*:0');
      await vm.run(`mkdir -p /media/sources /media/stick && mount $(${stickNode('SOURCES', '')}) /media/sources`);
    }, 900_000);
    afterAll(async () => {
      await vm?.stop();
      rmSync(root, { recursive: true, force: true });
    }, 60_000);

    test.each(['fat32', 'exfat'] as const)(
      'leave no plaintext of what policy keeps back on %s',
      { timeout: 1_500_000 + FILES * 30_000 },
      async (filesystem) => {
        const serial = filesystem.toUpperCase();
        const image = join(root, `${filesystem}.img`);
        makeStickImage(image, [{ filesystem, mebibytes: stickMebibytes(files) }]);
        await vm.plugStick(filesystem, image, { serial });
        await vm.until(`ls /dev/disk/by-id/usb-*${serial}*-part1`);
        const options = filesystem === 'fat32' ? '-o utf8' : '';
        await vm.run(`mount ${options} $(${stickNode(serial)}) /media/stick && rm -rf /tmp/sources && cp -r /media/sources /tmp/sources`);
        const what = '--policy /tmp/sources/policy.yaml --identity /tmp/sources/key --dir /media/stick';
        const where = `--state /tmp/state-${filesystem} --events /tmp/events.ndjson --recipient ${keys.recipient}`;
        await vm.run(
          `node /product/dist/program/main.js guard --mode fuse ${what} ${where} >/tmp/guard.log 2>&1 & echo $! >/run/guard.pid`,
        );
        await vm.until('grep -q ^ready /tmp/guard.log');
        const told = (await vm.run('bash /tmp/sources/copy.sh'))
          .trim()
          .split('\n')
          .map((line) => [line.startsWith('0 '), line.replace(/^\d+ /, '')]);
        expect(told).toEqual(files.map(({ name, standing }) => [standing !== 'refused', name]));
        const seen = (await vm.run('cd /media/stick && sha256sum -- *')).trim().split('\n');
        await vm.run(
          'kill $(cat /run/guard.pid); while kill -0 $(cat /run/guard.pid) 2>/dev/null; do sleep 0.1; done; umount /media/stick; sync',
        );
        await vm.unplug(filesystem);
        expect(seen).toHaveLength(files.filter(({ standing }) => standing !== 'refused').length);
        const allowed = files.filter(({ standing }) => standing === 'allowed');
        expect(readableOn(image, files, keys)).toEqual(allowed.map(({ name }) => name).toSorted());
      },
    );
  },
);
