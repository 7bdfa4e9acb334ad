import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { cpioArchive, type ArchiveEntry } from './cpio.ts';

/** Debian's stable kernel has no FUSE passthrough; the one of backports does. */
export type GuestKernel = 'stable' | 'backports';

export interface GuestImage {
  /** Root disk, ext4; to be used with a snapshot, never written to. */
  readonly disk: string;
  readonly kernel: string;
  readonly initramfs: Uint8Array;
}

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, '../..');
const SUITE = 'bookworm';
const PACKAGES = [
  'age',
  'busybox-static',
  'dbus',
  'dosfstools',
  'e2fsprogs',
  'exfatprogs',
  'fuse3',
  'iproute2',
  'kmod',
  'libatomic1',
  'libglib2.0-bin',
  'libstdc++6',
  'mount',
  'procps',
  'python3-minimal',
  'rsync',
  'systemd-sysv',
  'udev',
  'udisks2',
  'usbutils',
  'util-linux',
];
/** Folders and modules of the kernel that the guest gets, with all that they need. */
const MODULE_FOLDERS = ['crypto', 'drivers/block', 'drivers/cdrom', 'drivers/char', 'drivers/hid', 'drivers/input', 'drivers/mmc']
  .concat([
    'drivers/md',
    'drivers/net/virtio_net',
    'drivers/net/usb',
    'drivers/nvme',
    'drivers/scsi',
    'drivers/usb',
    'drivers/virtio',
    'fs',
    'lib',
    'sound/usb',
  ])
  .map((folder) => `kernel/${folder}`);
/** What the root disk needs, in the initramfs. */
const BOOT_MODULES = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4'];
const FORMAT = 3;

/** The guest for a kernel, built on first use (root, apt; some minutes) and kept in the user's cache. */
export function guestImage(kernel: GuestKernel = 'stable', say: (line: string) => void = () => undefined): GuestImage {
  const folder = join(cacheFolder(), `guest-${stamp(kernel)}`);
  if (!existsSync(join(folder, 'complete'))) build(folder, kernel, say);
  return { disk: join(folder, 'disk.img'), kernel: join(folder, 'vmlinuz'), initramfs: initramfs(folder) };
}

export const cacheFolder = (): string => process.env['SEKISHO_VM_CACHE'] ?? join(homedir(), '.cache/sekisho-vm');

const nodeProgram = (): string => join(ROOT, 'node_modules/node/bin/node');

function stamp(kernel: GuestKernel): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/node/package.json'), 'utf8')) as { version: string };
  const what = JSON.stringify([FORMAT, SUITE, kernel, PACKAGES, MODULE_FOLDERS, version]);
  return createHash('sha256').update(what).digest('hex').slice(0, 12);
}

/** In a folder of its own until it is whole: two runs may build at the same time, and one may be cut off. */
function build(folder: string, kernel: GuestKernel, say: (line: string) => void): void {
  say(`building the guest (${SUITE}, ${kernel} kernel), once`);
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const root = join(work, 'root');
    bootstrap(root, work, kernel);
    const modules = installKernel(work, root);
    writeFileSync(join(work, 'modules-order'), modules.join('\n'));
    copyFileSync(join(root, 'bin/busybox'), join(work, 'busybox'));
    copyFileSync(nodeProgram(), join(root, 'usr/local/bin/node'));
    chmodSync(join(root, 'usr/local/bin/node'), 0o755);
    writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost guest\n');
    run('chroot', root, 'useradd', '--uid', '1000', '--create-home', '--shell', '/bin/bash', 'hanako');
    run('mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-d', root, join(work, 'disk.img'), '1500M');
    rmSync(root, { recursive: true });
    rmSync(join(work, 'kernel'), { recursive: true });
    writeFileSync(join(work, 'complete'), '');
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

function bootstrap(root: string, work: string, kernel: GuestKernel): void {
  const release = kernel === 'backports' ? `/${SUITE}-backports` : '';
  const fetchKernel = [
    `set -e; cd '${work}'; export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"`,
    `image=$(apt-get -s --no-install-recommends install linux-image-amd64${release} | sed -n 's/^Inst \\(linux-image-[0-9][^ ]*\\) .*/\\1/p' | head -n 1)`,
    `apt-get -qq -o APT::Sandbox::User=root download "$image${release}"`,
  ].join('\n');
  const without = ['doc', 'man', 'info', 'locale'].map((what) => `--dpkgopt=path-exclude=/usr/share/${what}/*`);
  const what = ['--variant=essential', `--include=${[...PACKAGES, 'passwd'].join(',')}`, ...without, `--customize-hook=${fetchKernel}`];
  run('mmdebstrap', '--mode=root', '--quiet', ...what, SUITE, root, ...mirrors(kernel));
}

/** The mirrors this machine uses itself: no address is written here. */
function mirrors(kernel: GuestKernel): string[] {
  const format = ['--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  const addresses = execFileSync('apt-get', ['indextargets', ...format], { encoding: 'utf8' }).split('\n');
  const main = addresses.map((line) => line.split(' ')[0] ?? '').find((address) => /\/debian\/?$/.test(address));
  if (main === undefined) throw new Error('apt knows no Debian mirror on this machine');
  const suites = [SUITE, `${SUITE}-updates`, ...(kernel === 'backports' ? [`${SUITE}-backports`] : [])];
  return suites.map((suite) => `deb ${main} ${suite} main`);
}

/** Puts the modules into the root and those for the initramfs beside it; gives the latter in the order to load them. */
function installKernel(work: string, root: string): string[] {
  const kernel = join(work, 'kernel');
  const debName = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (debName === undefined) throw new Error('the kernel package was not fetched');
  run('dpkg-deb', '-x', join(work, debName), kernel);
  rmSync(join(work, debName));
  const [version = ''] = readdirSync(join(kernel, 'lib/modules'));
  copyFileSync(join(kernel, 'boot', `vmlinuz-${version}`), join(work, 'vmlinuz'));
  const from = join(kernel, 'lib/modules', version);
  run('depmod', '-b', kernel, version);
  const needs = new Map(
    readFileSync(join(from, 'modules.dep'), 'utf8')
      .trim()
      .split('\n')
      .map((line): [string, string[]] => {
        const [file = '', rest = ''] = line.split(':');
        return [file, rest.trim() === '' ? [] : rest.trim().split(' ')];
      }),
  );
  const chosen = new Set<string>();
  for (const [file, others] of needs) {
    if (MODULE_FOLDERS.some((folder) => file.startsWith(folder))) for (const each of [file, ...others]) chosen.add(each);
  }
  const to = join(root, 'usr/lib/modules', version);
  for (const file of [...chosen, 'modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    copyFileSync(join(from, file), join(to, file));
  }
  run('depmod', '-b', root, version);

  mkdirSync(join(work, 'modules'));
  const order: string[] = [];
  for (const name of BOOT_MODULES) {
    const file = [...needs.keys()].find((each) => basename(each).replace(/\.ko(?:\.xz)?$/, '') === name);
    // Built into the kernel where there is none.
    for (const each of file === undefined ? [] : [...(needs.get(file) ?? []).toReversed(), file]) {
      const plain = basename(each).replace(/\.xz$/, '');
      if (order.includes(plain)) continue;
      order.push(plain);
      const packed = join(from, each);
      const bytes = each.endsWith('.xz') ? execFileSync('xz', ['-dc', packed], { maxBuffer: 1 << 27 }) : readFileSync(packed);
      writeFileSync(join(work, 'modules', plain), bytes);
    }
  }
  return order;
}

function initramfs(folder: string): Buffer {
  const directory = (name: string): ArchiveEntry => ({ name, mode: 0o040755, bytes: new Uint8Array() });
  const file = (name: string, path: string): ArchiveEntry => ({ name, mode: 0o100755, bytes: readFileSync(path) });
  const modules = readdirSync(join(folder, 'modules')).map((name) => file(`modules/${name}`, join(folder, 'modules', name)));
  return cpioArchive([
    directory('bin'),
    directory('modules'),
    file('bin/busybox', join(folder, 'busybox')),
    { name: 'bin/sh', mode: 0o120777, bytes: Buffer.from('busybox') },
    file('modules/order', join(folder, 'modules-order')),
    ...modules,
    file('init', join(HERE, 'guest/initramfs.sh')),
    file('guest-init', join(HERE, 'guest/init.sh')),
    file('guest-serve', join(HERE, 'guest/serve.sh')),
    file('guest-commands.service', join(HERE, 'guest/guest-commands.service')),
  ]);
}

/** A disk with the built product and the packages it runs with, as an installation has them. */
export function productDisk(path: string): void {
  const staging = `${path}.folder`;
  mkdirSync(staging, { recursive: true });
  cpSync(join(ROOT, 'dist/program'), join(staging, 'dist/program'), { recursive: true });
  cpSync(join(HERE, 'guest'), join(staging, 'guest'), { recursive: true });
  cpSync(join(ROOT, 'packaging'), join(staging, 'packaging'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(staging, 'package.json'));
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  for (const [folder, { dev = false }] of Object.entries(lock.packages)) {
    const unneeded = folder === '' || dev || folder.startsWith('node_modules/@typescript');
    if (!unneeded && existsSync(join(ROOT, folder))) cpSync(join(ROOT, folder), join(staging, folder), { recursive: true });
  }
  run('mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-d', staging, path, '400M');
  rmSync(staging, { recursive: true });
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
