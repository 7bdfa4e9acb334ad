import { isReachable, type Mount } from './mountinfo.ts';

const NETWORK = new Set(['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', '9p', 'ceph', 'afs', 'ncpfs', 'glusterfs', 'lustre', 'ocfs2', 'gfs2']);
const NETWORK_FUSE = new Set([
  'sshfs',
  'rclone',
  'davfs',
  'davfs2',
  's3fs',
  'curlftpfs',
  'smbnetfs',
  'glusterfs',
  'google-drive-ocamlfuse',
]);
const PHONE_FUSE = new Set(['jmtpfs', 'simple-mtpfs', 'go-mtpfs', 'aft-mtp-mount', 'gphotofs', 'ifuse']);
/** Images of read-only software: nothing can be carried away on them. */
const SOFTWARE_IMAGES = new Set(['squashfs', 'erofs', 'cramfs']);
/** Where the system keeps itself, when it is not on a medium that can be carried away. */
const SYSTEM_FOLDERS = /^\/(?:boot(?:\/.*)?|efi|usr(?:\/.*)?|var(?:\/.*)?|opt|srv|home|root|nix(?:\/.*)?|gnu\/store|sysroot|etc(?:\/.*)?)$/;

/** What kind of place a filesystem is; null for those that hold nothing a person copies to. */
export type MountKind = 'block' | 'network' | 'phone';

export function kindOf(mount: Mount): MountKind | null {
  const { filesystem } = mount;
  if (NETWORK.has(filesystem)) return 'network';
  if (filesystem.startsWith('fuse.')) {
    const program = filesystem.slice('fuse.'.length);
    if (NETWORK_FUSE.has(program)) return 'network';
    return PHONE_FUSE.has(program) ? 'phone' : null;
  }
  if (SOFTWARE_IMAGES.has(filesystem)) return null;
  return mount.source.startsWith('/dev/') ? 'block' : null;
}

/** All places one filesystem is mounted at, and the one by which it is known. */
export interface MountedFilesystem {
  readonly device: string;
  readonly kind: MountKind;
  readonly primary: Mount;
  readonly places: readonly Mount[];
}

/**
 * One entry a filesystem, however often it is bound elsewhere: a file written by one path is seen by all. Known by the
 * oldest mount of its whole that a path still leads to; without one, by the oldest mount of a part of it.
 */
export function mountedFilesystems(mounts: readonly Mount[]): MountedFilesystem[] {
  const byDevice = Map.groupBy(mounts.filter(isPlain), (mount) => mount.device);
  const found: MountedFilesystem[] = [];
  for (const [device, places] of byDevice) {
    const reachable = places.filter((mount) => isReachable(mount, mounts));
    const whole = reachable.filter((mount) => mount.root === '/');
    const primary = (whole.length > 0 ? whole : reachable).toSorted((a, b) => a.id - b.id)[0];
    const kind = primary === undefined ? null : kindOf(primary);
    if (primary !== undefined && kind !== null) found.push({ device, kind, primary, places });
  }
  return found;
}

/** A single file bound over another (containers do this) is no volume; a removed mount point is marked by the kernel. */
const isPlain = (mount: Mount): boolean => kindOf(mount) !== null && !mount.mountPoint.endsWith('//deleted');

/** The root filesystem, and the system's own folders on fixed disks. */
export function isSystemMount(filesystem: MountedFilesystem, mounts: readonly Mount[], fixed: boolean): boolean {
  const rootDevice = mounts.findLast((mount) => mount.mountPoint === '/')?.device;
  if (filesystem.device === rootDevice) return true;
  return fixed && SYSTEM_FOLDERS.test(filesystem.primary.mountPoint);
}
