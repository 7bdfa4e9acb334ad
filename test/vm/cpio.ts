export interface ArchiveEntry {
  readonly name: string;
  /** File type and permissions, as stat(2) has them. */
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** An archive as the kernel unpacks it into its first root: `newc` of cpio(5), Linux Documentation/driver-api/early-userspace. */
export function cpioArchive(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Buffer[] = [];
  const trailer = { name: 'TRAILER!!!', mode: 0, bytes: new Uint8Array() };
  for (const [index, { name, mode, bytes }] of [...entries, trailer].entries()) {
    // inode, mode, uid, gid, links, time, size, four device numbers, length of the name, checksum
    const numbers = [index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = Buffer.from(`070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}${name}\0`, 'latin1');
    parts.push(padded(header), padded(Buffer.from(bytes)));
  }
  return Buffer.concat(parts);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
