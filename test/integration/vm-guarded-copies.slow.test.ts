import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatIdentityFile, generateIdentity } from '../../src/age/index.ts';
import { openRaw, verifyMedium } from '../../src/media/index.ts';
import { Machine, machineMissing } from '../vm/machine.ts';
import { makeStickImage } from '../vm/stick-image.ts';
import { copyWay, WAY_NAMES } from './copy-ways.ts';
import { KIND_NAMES, officeFiles, POLICY } from './ten-kinds.ts';

/**
 * The fuse guard on sticks that this machine's own kernel may not know: in a virtual machine whose kernel has no FUSE
 * passthrough, so that the guard carries the bytes itself. What is on a stick in the end is read on the host, raw.
 */

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-guarded-copies: skipped, ${missing}\n`);

const FILES = Number(process.env['VM_FILES'] ?? 45);
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

describe.skipIf(missing !== null)(
  `${FILES} files of ${KIND_NAMES.length} kinds by ${WAY_NAMES.length} programs, in a virtual machine`,
  () => {
    const files = officeFiles(FILES);
    const { identity, recipient } = generateIdentity();
    let root: string;
    let vm: Machine;

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'sekisho-vm-copies-'));
      makeSources();
      vm = await Machine.boot({ say: (line) => process.stdout.write(`vm-guarded-copies: ${line}\n`) });
      await vm.plugStick('sources', join(root, 'sources.img'), { serial: 'SOURCES' });
      await vm.until('ls /dev/disk/by-id/usb-*SOURCES*:0');
      await vm.run(`mkdir -p /media/sources /media/stick && mount $(${partition('SOURCES', '')}) /media/sources`);
    }, 900_000);
    afterAll(async () => {
      await vm?.stop();
      rmSync(root, { recursive: true, force: true });
    }, 60_000);

    /** A disk of its own brings the files and the commands into the guest. */
    function makeSources(): void {
      const folder = join(root, 'sources');
      mkdirSync(folder);
      for (const { name, content } of files) writeFileSync(join(folder, name), content);
      writeFileSync(join(folder, 'policy.yaml'), POLICY);
      writeFileSync(join(folder, 'key'), formatIdentityFile(identity, new Date()));
      const lines = files.map(({ name }, n) => {
        const command = copyWay(n, `/tmp/sources/${name}`, '/media/stick', name).map(quoted).join(' ');
        return `${command} >/dev/null 2>&1; echo "$? ${name}"`;
      });
      writeFileSync(join(folder, 'copy.sh'), `${lines.join('\n')}\n`);
      execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', folder, join(root, 'sources.img'), '24M'], { stdio: 'ignore' });
    }

    /** Prints the device node of a stick, or of its partition. */
    const partition = (serial: string, part = '-part1'): string => `readlink -f $(ls /dev/disk/by-id/usb-*${serial}*:0${part} | head -n 1)`;

    test.each(['fat32', 'exfat'] as const)(
      'leave no plaintext of what policy keeps back on %s',
      { timeout: 1_500_000 },
      async (filesystem) => {
        const serial = filesystem.toUpperCase();
        const image = join(root, `${filesystem}.img`);
        makeStickImage(image, [{ filesystem, mebibytes: 64 }]);
        await vm.plugStick(filesystem, image, { serial });
        await vm.until(`ls /dev/disk/by-id/usb-*${serial}*-part1`);
        const options = filesystem === 'fat32' ? '-o utf8' : '';
        await vm.run(`mount ${options} $(${partition(serial)}) /media/stick && rm -rf /tmp/sources && cp -r /media/sources /tmp/sources`);
        const what = '--policy /tmp/sources/policy.yaml --identity /tmp/sources/key --dir /media/stick';
        const where = `--state /tmp/state-${filesystem} --events /tmp/events.ndjson --recipient ${recipient}`;
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
        const taken = files.filter(({ standing }) => standing !== 'refused');
        expect(seen).toHaveLength(taken.length);
        const raw = openRaw(image);
        const report = verifyMedium(raw, { identities: [identity], canaries: [] });
        raw.close();
        expect(report.problems).toEqual([]);
        expect(report.claimedBytes).toBe(0);
        const readable = report.unaccounted.flatMap(({ kind, path }) => (kind === 'file' && path !== undefined ? [path] : []));
        expect([...new Set(readable)].toSorted()).toEqual(
          taken
            .filter(({ standing }) => standing === 'allowed')
            .map(({ name }) => name)
            .toSorted(),
        );
        const bytes = readFileSync(image);
        const allowed = Buffer.concat(files.filter(({ standing }) => standing === 'allowed').map(({ content }) => content));
        const canaries = files
          .filter(({ standing }) => standing !== 'allowed')
          .flatMap(({ name, content }) =>
            [0.2, 0.5, 0.8].map((part) => ({ name, stretch: content.subarray(content.length * part).subarray(0, 24) })),
          )
          .filter(({ stretch }) => !allowed.includes(stretch));
        expect(canaries.length).toBeGreaterThan(FILES / 3);
        expect(canaries.filter(({ stretch }) => bytes.includes(stretch)).map(({ name }) => name)).toEqual([]);
      },
    );
  },
);
