import type { Range } from './ranges.ts';

/** Bytes of a device or of a part of it. `read` gives exactly `length` bytes or throws a BrokenFilesystem. */
export interface RawBytes {
  readonly size: number;
  read(offset: number, length: number): Buffer;
}

export interface StoredFile {
  /** Shown path, `/` between parts. */
  readonly path: string;
  readonly size: number;
  /** Where its bytes lie, in order; together at least `size` unless the file has holes. */
  readonly extents: readonly Range[];
}

/** Where everything lies that a filesystem itself accounts for. Offsets count from the filesystem's first byte. */
export interface FilesystemMap {
  readonly kind: 'fat12' | 'fat16' | 'fat32' | 'exfat' | 'ext';
  /** As the filesystem says; never more than there is. */
  readonly bytes: number;
  readonly structures: readonly Range[];
  readonly files: readonly StoredFile[];
}

/** The medium contradicts itself: what cannot be followed is reported as not accounted for. */
export class BrokenFilesystem extends Error {}

/** More entries than any stick holds: a loop, or somebody's joke. */
export const MAX_ENTRIES = 5_000_000;

export function partOf(bytes: RawBytes, { start, end }: Range): RawBytes {
  const size = Math.max(0, Math.min(end, bytes.size) - start);
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) throw new BrokenFilesystem('it points outside itself');
      return bytes.read(start + offset, length);
    },
  };
}
