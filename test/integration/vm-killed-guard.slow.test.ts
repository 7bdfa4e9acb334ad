import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateIdentity } from '../../src/age/index.ts';
import { Machine, machineMissing } from '../vm/machine.ts';
import { makeStickImage } from '../vm/stick-image.ts';
import { copyWay, WAY_NAMES } from './copy-ways.ts';
import { makeSourcesDisk, quoted, readableOn, stickMebibytes, stickNode } from './guest-copies.ts';
import { officeFiles } from './ten-kinds.ts';

/**
 * The fuse guard is killed again and again while programs copy to a stick, in a virtual machine. After each kill the
 * guard takes the stick again; what a program was told must be true, and in the end the stick is read raw on the host.
 */

const missing = machineMissing();
if (missing !== null) process.stdout.write(`vm-killed-guard: skipped, ${missing}\n`);

const KILLS = Number(process.env['VM_KILLS'] ?? 4);
/** Copied at once in a round: every way there is. */
const AT_ONCE = WAY_NAMES.length;

describe.skipIf(missing !== null)(`a guard killed ${KILLS} times while ${AT_ONCE} programs copy, in a virtual machine`, () => {
  const files = officeFiles(Math.max(90, (KILLS + 1) * AT_ONCE));
  const keys = generateIdentity();
  let root: string;
  let vm: Machine;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'sekisho-vm-kills-'));
    const rounds = Array.from({ length: KILLS + 1 }, (_, round): [string, string] => [`round-${round}.sh`, copies(round)]);
    const sources = makeSourcesDisk(root, files, keys, Object.fromEntries(rounds));
    vm = await Machine.boot({ say: (line) => process.stdout.write(`vm-killed-guard: ${line}\n`) });
    await vm.plugStick('sources', sources, { serial: 'SOURCES' });
    await vm.until('ls /dev/disk/by-id/usb-*SOURCES*:0');
    await vm.run(`mkdir -p /media/sources /media/stick && mount $(${stickNode('SOURCES', '')}) /media/sources`);
  }, 900_000);
  afterAll(async () => {
    await vm?.stop();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  const ofRound = (round: number) => files.map((file, n) => ({ ...file, n })).slice(round * AT_ONCE, (round + 1) * AT_ONCE);

  /** Waits for all copies and prints each program's status. */
  function copies(round: number): string {
    const lines = ofRound(round).map(({ n, name }) => {
      const command = copyWay(n, `/tmp/work/${name}`, '/media/stick', name).map(quoted).join(' ');
      return `( cp ${quoted(`/media/sources/${name}`)} /tmp/work/ && ${command} >/dev/null 2>&1; echo "$? ${name}" ) &`;
    });
    return `mkdir -p /tmp/work\n${lines.join('\n')}\nwait\n`;
  }

  async function start(filesystem: string): Promise<void> {
    const what = '--policy /media/sources/policy.yaml --identity /media/sources/key --mode fuse --at /media/stick';
    const where = `--device $(${stickNode(filesystem.toUpperCase())}) --state /tmp/state-${filesystem} --events /tmp/events.ndjson`;
    const program = `node /product/dist/program/main.js guard ${what} ${where} --recipient ${keys.recipient}`;
    await vm.run(`rm -f /tmp/guard.log; ${program} >/tmp/guard.log 2>&1 & echo $! >/run/guard.pid`);
    await vm.until('grep -q ^ready /tmp/guard.log', 300);
  }

  /** Whether each program said that all went well. */
  async function copied(round: number): Promise<ReadonlyMap<string, boolean>> {
    const lines = (await vm.run(`bash /media/sources/round-${round}.sh`)).trim().split('\n');
    return new Map(lines.map((line) => [line.replace(/^\d+ /, ''), line.startsWith('0 ')]));
  }

  /** Prints a line for each file that is not what its program was told. */
  const untrue = (round: number, told: ReadonlyMap<string, boolean>): string =>
    ofRound(round)
      .map(({ name, standing }) => {
        const [source, kept, there] = [`/media/sources/${name}`, `/tmp/work/${name}`, `/media/stick/${name}`].map(quoted);
        const whole = `cmp -s ${source} ${there}`;
        const checks = [
          // The employee has it still, or it is on the stick, whole.
          `[ ! -e ${kept} ] || cmp -s ${source} ${kept} || echo "source changed: ${name}"`,
          `[ -e ${kept} ] || ${whole} || echo "lost: ${name}"`,
          `[ ! -e ${there} ] || ${whole} || echo "not whole: ${name}"`,
          ...(told.get(name) === true ? [`${whole} || echo "said to be there: ${name}"`] : []),
          ...(standing === 'refused' ? [`[ ! -e ${there} ] || echo "was to be refused: ${name}"`] : []),
        ];
        return checks.join('\n');
      })
      .join('\n');

  test.each(['fat32', 'exfat'] as const)(
    'loses no file and leaves no plaintext on %s',
    { timeout: 600_000 + KILLS * 180_000 },
    async (filesystem) => {
      const image = join(root, `${filesystem}.img`);
      makeStickImage(image, [{ filesystem, mebibytes: stickMebibytes(files) }]);
      await vm.plugStick(filesystem, image, { serial: filesystem.toUpperCase() });
      await vm.until(`ls /dev/disk/by-id/usb-*${filesystem.toUpperCase()}*-part1`);
      await start(filesystem);
      const began = performance.now();
      const undisturbed = await copied(0);
      expect(undisturbed).toEqual(new Map(ofRound(0).map(({ name, standing }) => [name, standing !== 'refused'])));
      const undisturbedSeconds = (performance.now() - began) / 1000;
      expect(await vm.run(untrue(0, undisturbed))).toBe('');
      await vm.run('rm -rf /tmp/work');
      let cutOff = 0;
      for (let round = 1; round <= KILLS; round += 1) {
        const copying = copied(round);
        // A moment that no step of the guard knows.
        await vm.run(`sleep ${(Math.random() * undisturbedSeconds).toFixed(3)}; kill -9 $(cat /run/guard.pid)`);
        const told = await copying;
        cutOff += ofRound(round).filter(({ name, standing }) => standing !== 'refused' && told.get(name) === false).length;
        await start(filesystem);
        expect(await vm.run(untrue(round, told))).toBe('');
        await vm.run('rm -rf /tmp/work');
      }
      expect(cutOff).toBeGreaterThan(0);
      process.stdout.write(`vm-killed-guard: ${cutOff} of ${KILLS * AT_ONCE} copies to ${filesystem} were cut off\n`);
      await vm.run(
        'kill $(cat /run/guard.pid); while kill -0 $(cat /run/guard.pid) 2>/dev/null; do sleep 0.1; done; umount /media/stick 2>/dev/null; sync',
      );
      await vm.unplug(filesystem);
      const allowed = new Set(files.filter(({ standing }) => standing === 'allowed').map(({ name }) => name));
      expect(readableOn(image, files, keys).filter((name) => !allowed.has(name))).toEqual([]);
    },
  );
});
