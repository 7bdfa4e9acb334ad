/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the filesystem: equal for every place the same filesystem is mounted. */
  readonly device: string;
  /** What of the filesystem is mounted here: `/`, or less for a bind mount. */
  readonly root: string;
  readonly mountPoint: string;
  /** The same as the kernel has it: names need not be UTF-8. */
  readonly mountPointBytes: Uint8Array;
  readonly filesystem: string;
  /** `/dev/sdb1`, a server's share, or a word of the filesystem's own. */
  readonly source: string;
  readonly readOnly: boolean;
  /** The filesystem itself is, whatever this one mount of it allows. */
  readonly filesystemReadOnly: boolean;
}

const ESCAPE = /\\([0-7]{3})/g;

/** Every mount of the namespace, in the kernel's order. Lines of no known form are left out: a newer kernel may add some. */
export function parseMountinfo(text: Uint8Array): Mount[] {
  const lines = Buffer.from(text).toString('latin1').split('\n');
  return lines.map((line) => parseLine(line)).filter((mount) => mount !== null);
}

function parseLine(line: string): Mount | null {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', 6);
  const [id, parentId, device = '', root, mountPoint, options = ''] = fields;
  const [filesystem, source, superOptions = ''] = separator === -1 ? [] : fields.slice(separator + 1);
  if (root === undefined || mountPoint === undefined || filesystem === undefined || source === undefined) return null;
  if (!/^\d+:\d+$/.test(device) || !/^\d+$/.test(id ?? '') || !/^\d+$/.test(parentId ?? '')) return null;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: asText(unescape(root)),
    mountPoint: asText(unescape(mountPoint)),
    mountPointBytes: unescape(mountPoint),
    filesystem: asText(unescape(filesystem)),
    source: asText(unescape(source)),
    readOnly: hasOption(options, 'ro') || hasOption(superOptions, 'ro'),
    filesystemReadOnly: hasOption(superOptions, 'ro'),
  };
}

const hasOption = (options: string, name: string): boolean => options.split(',').includes(name);

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescape(field: string): Buffer {
  const bytes = field.replace(ESCAPE, (_match, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
  return Buffer.from(bytes, 'latin1');
}

const asText = (bytes: Buffer): string => bytes.toString('utf8');

/** Whether a path leads to this mount, or to another one that was mounted over it or over a folder on the way. */
export function isReachable(mount: Mount, mounts: readonly Mount[]): boolean {
  const ids = new Set(mounts.map((each) => each.id));
  let current = mounts.find((each) => !ids.has(each.parentId) || each.parentId === each.id);
  for (let steps = 0; current !== undefined && steps <= mounts.length; steps += 1) {
    const next = firstMountOnTheWay(current, mount.mountPoint, mounts);
    if (next === undefined) return current.id === mount.id;
    current = next;
  }
  return false;
}

/** What the kernel crosses into first when it walks from one mount towards a path. */
function firstMountOnTheWay(from: Mount, path: string, mounts: readonly Mount[]): Mount | undefined {
  let first: Mount | undefined;
  for (const each of mounts) {
    if (each.parentId !== from.id || each.id === from.id || !isOnTheWay(each.mountPoint, path)) continue;
    if (first === undefined || each.mountPoint.length < first.mountPoint.length) first = each;
  }
  return first;
}

const isOnTheWay = (folder: string, path: string): boolean => folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** Filesystem type of a view in the table of mounts. */
export const VIEW_TYPE = 'fuse.sekisho';

/** The table without views: what is below one is known by its place, and what lies over one lies over that. */
export function seenThrough(mounts: readonly Mount[]): Mount[] {
  const views = new Map(mounts.filter(({ filesystem }) => filesystem === VIEW_TYPE).map((view) => [view.id, view]));
  const below = (mount: Mount): number => {
    let { parentId } = mount;
    for (let view = views.get(parentId); view !== undefined; view = views.get(parentId)) ({ parentId } = view);
    return parentId;
  };
  return mounts.filter(({ id }) => !views.has(id)).map((mount) => ({ ...mount, parentId: below(mount) }));
}

/** The view right over a mount, or undefined. */
export function viewOver(mount: Mount, mounts: readonly Mount[]): Mount | undefined {
  return mounts.find((each) => each.filesystem === VIEW_TYPE && each.parentId === mount.id && each.mountPoint === mount.mountPoint);
}
