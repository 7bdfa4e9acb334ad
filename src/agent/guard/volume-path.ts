import { displayName } from '../../core/display-name.ts';

/**
 * A path below the volume's root as its exact bytes, one Buffer a part. Names need not be UTF-8 on Linux, so a string
 * would lose some of them; parts never hold a separator and are never `.` or `..`.
 */
export type VolumePath = readonly Buffer[];

const SLASH = Buffer.from('/');
const SEPARATOR = Buffer.from(process.platform === 'win32' ? '\\' : '/');

/** A key for maps: one character a byte, so that two different names never meet. */
export function pathKey(path: VolumePath): string {
  return joinBytes(path, SLASH).toString('latin1');
}

/** The path with `/` between parts, for records. */
export function pathBytes(path: VolumePath): Buffer {
  return joinBytes(path, SLASH);
}

/** @throws RangeError when the bytes name something outside the volume. */
export function parsePath(bytes: Uint8Array): VolumePath {
  const path: Buffer[] = [];
  for (let from = 0; from <= bytes.length;) {
    const slash = bytes.indexOf(0x2f, from);
    const end = slash === -1 ? bytes.length : slash;
    path.push(checkedName(Buffer.from(bytes.subarray(from, end))));
    from = end + 1;
  }
  return path;
}

export function absolutePath(root: Buffer, path: VolumePath): Buffer {
  if (path.length === 0) return root;
  const base = root.subarray(-1).equals(SEPARATOR) ? root : Buffer.concat([root, SEPARATOR]);
  return Buffer.concat([base, joinBytes(path, SEPARATOR)]);
}

/** As a person may see it. */
export function shownPath(path: VolumePath): string {
  return path.map((name) => displayName(name)).join('/');
}

/** Whether the name is UTF-8: only then do libraries that speak in strings find it again. */
export function isText(name: Buffer): boolean {
  return Buffer.from(name.toString('utf8')).equals(name);
}

/** @throws RangeError for what is not a single name: a path from outside could leave the folder by it. */
export function checkedName(name: Buffer): Buffer {
  if (name.length === 0 || name.includes(0x2f) || name.includes(0) || name.equals(DOT) || name.equals(DOT_DOT)) {
    throw new RangeError('not a file name');
  }
  return name;
}

const DOT = Buffer.from('.');
const DOT_DOT = Buffer.from('..');

function joinBytes(parts: readonly Buffer[], separator: Buffer): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part])));
}
