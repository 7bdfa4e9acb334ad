import { readFileSync } from 'node:fs';

/** Filesystems without files of anybody's: windows into the kernel. Reading them tells nothing and may have effects. */
const PSEUDO: ReadonlySet<string> = new Set([
  'autofs',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'smackfs',
  'sysfs',
  'tracefs',
]);
/** In containers an ordinary tmpfs lies at /dev. */
const PSEUDO_PLACES: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev']);

/** Says of a filesystem, by its `st_dev`, the kind of pseudo filesystem it is; undefined for one that holds files. */
export type PseudoFilesystems = (device: bigint) => string | undefined;

/** What is mounted now (proc_pid_mountinfo(5)). Other systems than Linux have no such filesystems. */
export function pseudoFilesystems(): PseudoFilesystems {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return () => undefined;
  }
  const kinds = parsePseudo(text);
  return (device) => kinds.get(device);
}

/** Pseudo filesystems in the text of mountinfo, by `st_dev`. */
export function parsePseudo(mountinfo: string): ReadonlyMap<bigint, string> {
  const kinds = new Map<bigint, string>();
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [, , device = '', , place = ''] = fields;
    const kind = fields[separator + 1];
    const [major, minor] = device.split(':').map(Number);
    if (separator === -1 || kind === undefined || !Number.isInteger(major) || !Number.isInteger(minor)) continue;
    if (PSEUDO.has(kind) || PSEUDO_PLACES.has(place)) kinds.set(deviceNumber(BigInt(major ?? 0), BigInt(minor ?? 0)), kind);
  }
  return kinds;
}

/** makedev(3) of glibc and musl. */
function deviceNumber(major: bigint, minor: bigint): bigint {
  return ((major & 0xfffff000n) << 32n) | ((major & 0xfffn) << 8n) | ((minor & 0xffffff00n) << 12n) | (minor & 0xffn);
}
