import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type GuestKernel, guestImage, productDisk } from './guest-image.ts';
import { Qmp } from './qmp.ts';

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PlugOptions {
  readonly serial?: string;
  /** Eight letters; shown by SCSI, not by USB. */
  readonly vendor?: string;
  /** Sixteen letters. */
  readonly product?: string;
  readonly readOnly?: boolean;
  /** Port of the root hub, for a device that takes another's place. */
  readonly port?: number;
}

export type OtherDevice = 'keyboard' | 'phone' | 'network-adapter' | 'hub';

const DRIVERS: Readonly<Record<OtherDevice, string>> = {
  keyboard: 'usb-kbd',
  phone: 'usb-mtp',
  'network-adapter': 'usb-net',
  hub: 'usb-hub',
};

/** The command runner is a service of its own; what this test does not need stays away. */
const SYSTEMD = ' sekisho.systemd systemd.unit=guest-commands.service systemd.show_status=no'.concat(
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'fstrim.timer', 'e2scrub_all.timer'].map(
    (unit) => ` systemd.mask=${unit}`,
  ),
);

/** Why no virtual machine can run here, or null. */
export function machineMissing(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the guest is for Linux on x86-64';
  if (process.getuid?.() !== 0) return 'building the guest needs root';
  const tools = {
    'qemu-system-x86_64': 'qemu-system-x86',
    mmdebstrap: 'mmdebstrap',
    'mkfs.vfat': 'dosfstools',
    'mkfs.exfat': 'exfatprogs',
  };
  const missing = Object.entries({ ...tools, mke2fs: 'e2fsprogs', depmod: 'kmod', xz: 'xz-utils' })
    .filter(([tool]) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined)
    .map(([, debianPackage]) => debianPackage);
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')} (apt install)`;
}

/** A small Debian guest with a USB controller of its own. Starts from the same clean disk each time. */
export class Machine {
  readonly #folder: string;
  readonly #qemu: ChildProcess;
  readonly #qmp: Qmp;
  readonly #commands: Socket;
  readonly #running = new Map<number, (finished: Finished) => void>();
  #lastId = 0;

  private constructor(folder: string, qemu: ChildProcess, qmp: Qmp, commands: Socket) {
    this.#folder = folder;
    this.#qemu = qemu;
    this.#qmp = qmp;
    this.#commands = commands;
  }

  /** Resolves when the guest takes commands. */
  static async boot(
    options: {
      readonly kernel?: GuestKernel;
      /** `systemd` as on a PC, which takes twice as long to start; else the least that udev and mounts need. */
      readonly init?: 'least' | 'systemd';
      readonly devices?: readonly string[];
      readonly say?: (line: string) => void;
    } = {},
  ): Promise<Machine> {
    const image = guestImage(options.kernel, options.say);
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-vm-'));
    const product = join(folder, 'product.img');
    productDisk(product);
    writeFileSync(join(folder, 'initramfs'), image.initramfs);
    const qmpSocket = await incoming(join(folder, 'qmp'));
    const commandSocket = await incoming(join(folder, 'commands'));
    const qemu = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'KILL',
        'qemu-system-x86_64',
        '-nodefaults',
        '-no-user-config',
        '-no-reboot',
        '-display',
        'none',
        '-machine',
        'pc,vmport=off',
      ]
        .concat(accelerator(), ['-smp', '2', '-m', '1024', '-kernel', image.kernel, '-initrd', join(folder, 'initramfs')])
        .concat([
          '-append',
          'console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off no_timer_check random.trust_cpu=on audit=0 net.ifnames=0'.concat(
            options.init === 'systemd' ? SYSTEMD : '',
          ),
        ])
        .concat(['-chardev', `file,id=console,path=${join(folder, 'console.log')}`, '-serial', 'chardev:console'])
        .concat(['-drive', `file=${image.disk},if=virtio,format=raw,snapshot=on,cache=unsafe`])
        .concat(['-drive', `file=${product},if=virtio,format=raw,snapshot=on,cache=unsafe`])
        .concat([
          '-netdev',
          'user,id=net',
          '-device',
          'virtio-net-pci,netdev=net',
          '-device',
          'virtio-rng-pci',
          '-device',
          'virtio-serial-pci',
          '-device',
          'qemu-xhci,id=xhci,p2=15,p3=15',
        ])
        // A reader for cards, empty.
        .concat(['-drive', 'if=none,id=no-card', '-device', 'sdhci-pci', '-device', 'sd-card,id=card-reader,drive=no-card'])
        .concat(['-chardev', `socket,id=commands,path=${join(folder, 'commands')},server=off`])
        .concat(['-device', 'virtserialport,chardev=commands,name=sekisho.commands'])
        .concat(
          ['-chardev', `socket,id=qmp,path=${join(folder, 'qmp')},server=off`, '-mon', 'chardev=qmp,mode=control'],
          options.devices ?? [],
        ),
      { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder, env: { ...process.env, TMPDIR: folder } },
    );
    const ended = once(qemu, 'exit').then(() => {
      const console = join(folder, 'console.log');
      throw new Error(
        `the machine ended early:\n${existsSync(console) ? readFileSync(console, 'latin1').split('\n').slice(-25).join('\n') : ''}`,
      );
    });
    ended.catch(() => undefined);
    const qmp = await Promise.race([qmpSocket.socket.then((socket) => Qmp.connect(socket)), ended]);
    const commands = await Promise.race([commandSocket.socket, ended]);
    const machine = new Machine(folder, qemu, qmp, commands);
    await Promise.race([machine.#listen(), ended]);
    return machine;
  }

  /** Runs a line of bash as root; output comes when it has ended. */
  start(command: string): Promise<Finished> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#running.set(id, resolve);
      this.#commands.write(`${JSON.stringify({ id, command })}\n`);
    });
  }

  /** The same; gives standard output and rejects when it did not end with 0. */
  async run(command: string): Promise<string> {
    const { status, stdout, stderr } = await this.start(command);
    if (status !== 0) throw new Error(`${command}: status ${status}\n${stderr}\n${stdout}`);
    return stdout;
  }

  /** Asks again and again until a command ends with 0: for what the guest does in its own time. */
  async until(command: string, seconds = 120): Promise<string> {
    const { status, stdout } = await this.start(
      `end=$((SECONDS + ${seconds})); until (${command}); do [ $SECONDS -lt $end ] || exit 124; sleep 0.1; done`,
    );
    if (status !== 0) throw new Error(`not within ${seconds} s: ${command}\n${await this.#tellTale()}`);
    return stdout;
  }

  /** Plugs a stick whose contents are the image, which is written to. Resolves when QEMU has it, not the guest. */
  async plugStick(
    name: string,
    image: string,
    { serial, vendor = 'SEKISHO', product = 'Test Stick', readOnly = false, port }: PlugOptions = {},
  ): Promise<void> {
    await this.#addImage(name, image, readOnly);
    const texts = serial === undefined ? {} : { serial };
    const place = port === undefined ? {} : { port: String(port) };
    await this.#qmp.call('device_add', { driver: 'usb-bot', id: name, bus: 'xhci.0', attached: false, ...texts, ...place });
    await this.#qmp.call('device_add', {
      driver: 'scsi-hd',
      bus: `${name}.0`,
      drive: `image-${name}`,
      removable: true,
      vendor,
      product,
      ...texts,
    });
    await this.#attach(name);
  }

  async plugDisc(name: string, image: string): Promise<void> {
    await this.#addImage(name, image, true);
    await this.#qmp.call('device_add', { driver: 'usb-bot', id: name, bus: 'xhci.0', attached: false, serial: 'DISC1' });
    await this.#qmp.call('device_add', { driver: 'scsi-cd', bus: `${name}.0`, drive: `image-${name}` });
    await this.#attach(name);
  }

  async plug(name: string, kind: OtherDevice, serial?: string): Promise<void> {
    const more: Record<string, unknown> = serial === undefined || kind === 'network-adapter' ? {} : { serial };
    if (kind === 'phone') {
      const rootdir = join(this.#folder, `phone-${name}`);
      mkdirSync(rootdir);
      writeFileSync(join(rootdir, 'picture.txt'), 'on the phone');
      Object.assign(more, { rootdir, desc: 'Test Phone' });
    }
    await this.#qmp.call('device_add', { driver: DRIVERS[kind], id: name, bus: 'xhci.0', ...more });
  }

  /** Puts a card into the reader; its size is a power of two. The guest sees it once it has the drivers sdhci_pci and mmc_block. */
  async insertCard(name: string, image: string): Promise<void> {
    await this.#addImage(name, image, false);
    await this.#qmp.call('blockdev-insert-medium', { id: 'card-reader', 'node-name': `image-${name}` });
  }

  async removeCard(name: string): Promise<void> {
    await this.#qmp.call('blockdev-remove-medium', { id: 'card-reader' });
    await this.#qmp.call('blockdev-del', { 'node-name': `image-${name}` });
  }

  /** A disk behind PCI, which neither a laptop's firmware nor QEMU calls external. */
  async plugNvme(name: string, image: string, serial: string): Promise<void> {
    await this.#addImage(name, image, false);
    await this.#qmp.call('device_add', { driver: 'nvme', id: name, drive: `image-${name}`, serial });
  }

  /** As if pulled out: nothing is flushed, nobody is asked. */
  async unplug(name: string): Promise<void> {
    const gone = this.#qmp.event('DEVICE_DELETED', name);
    await this.#qmp.call('device_del', { id: name });
    await gone;
    const nodes = (await this.#qmp.call('query-named-block-nodes')) as { 'node-name': string }[];
    if (!nodes.some((node) => node['node-name'] === `image-${name}`)) return;
    // The node is let go shortly after the device.
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#qmp.call('blockdev-del', { 'node-name': `image-${name}` });
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await delay(20);
      }
    }
  }

  /** Puts the guest to sleep (ACPI S3) and wakes it once it is. */
  async suspendAndResume(): Promise<void> {
    const asleep = this.#qmp.event('SUSPEND');
    const sleeping = this.start('echo mem >/sys/power/state');
    await asleep;
    await this.#qmp.call('system_wakeup');
    await sleeping;
  }

  async stop(): Promise<void> {
    if (this.#qemu.exitCode === null && this.#qemu.signalCode === null) {
      const gone = once(this.#qemu, 'exit');
      this.#qemu.kill('SIGTERM');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #addImage(name: string, image: string, readOnly: boolean): Promise<void> {
    const file = { driver: 'file', filename: image };
    await this.#qmp.call('blockdev-add', { driver: 'raw', 'node-name': `image-${name}`, 'read-only': readOnly, file });
  }

  async #attach(name: string): Promise<void> {
    await this.#qmp.call('qom-set', { path: `/machine/peripheral/${name}`, property: 'attached', value: true });
  }

  #listen(): Promise<void> {
    return new Promise((ready) => {
      createInterface({ input: this.#commands }).on('line', (line) => {
        const message = JSON.parse(line) as Finished & { ready?: true; id: number };
        if (message.ready) ready();
        this.#running.get(message.id)?.(message);
        this.#running.delete(message.id);
      });
    });
  }

  async #tellTale(): Promise<string> {
    const { stdout } = await this.start('tail -n 20 /tmp/*.log 2>/dev/null; dmesg | tail -n 10');
    return stdout;
  }
}

/**
 * KVM where the processor has it; else QEMU's own translation, some ten times slower. A /dev/kvm alone says nothing:
 * some clouds show one in which a guest never starts.
 */
function accelerator(): string[] {
  const virtual = existsSync('/dev/kvm') && /^flags\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return virtual ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'Westmere'];
}

/** A socket that QEMU calls; resolves once it can be called. */
async function incoming(path: string): Promise<{ readonly socket: Promise<Socket> }> {
  const server = createServer();
  const called = once(server, 'connection').then(([socket]) => {
    server.close();
    return socket as Socket;
  });
  server.listen(path);
  await once(server, 'listening');
  return { socket: called };
}
