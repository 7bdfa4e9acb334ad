import { readFilesystem } from './raw/read-filesystem.ts';
import { BrokenFilesystem, type FilesystemMap, partOf, type RawBytes, type StoredFile } from './raw/filesystem-map.ts';
import { readPartitionTable } from './raw/partition-table.ts';
import { joinRanges, type Range, rangesBytes, shifted, uncovered } from './raw/ranges.ts';
import { CanarySearch, type CanaryHit } from './canaries.ts';
import { ciphertextOf } from './stored-ciphertext.ts';

/**
 * Why a range is not accounted for. `file`: a file that is no ciphertext. `slack`: behind a file's end, in its last block.
 * `free`: no file's, and not zero. `outside`: outside every partition. `unknown`: in a partition whose filesystem is not
 * known or contradicts itself.
 */
export type UnaccountedKind = 'file' | 'slack' | 'free' | 'outside' | 'unknown';

export interface Unaccounted extends Range {
  readonly kind: UnaccountedKind;
  /** Of a file, and of the file whose end it follows. */
  readonly path?: string;
}

export interface MediumReport {
  readonly bytes: number;
  readonly filesystems: readonly { readonly kind: FilesystemMap['kind']; readonly start: number; readonly files: number }[];
  readonly structureBytes: number;
  /** Files that opened with an identity, every chunk of them. */
  readonly provenBytes: number;
  /** Files in the form of age that no identity was there for, and that look random throughout. */
  readonly claimedBytes: number;
  readonly unaccounted: readonly Unaccounted[];
  readonly canaries: readonly CanaryHit[];
  /** What contradicts itself, in words. */
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  /** age identities that open what the organisation encrypts. */
  readonly identities: readonly string[];
  /** Known contents that must not be on the medium, each at least four bytes. */
  readonly canaries: readonly string[];
  /** Files that are meant to be readable, such as the organisation's record. */
  readonly isPublic?: (path: string, content: Buffer) => boolean;
  readonly onProgress?: (bytes: number) => void;
}

const STEP = 1024 * 1024;
const MAX_PUBLIC_BYTES = 8 * 1024 * 1024;

/** Reads a medium from its first byte to its last and accounts for each. docs/spec/media.md section 3. */
export function verifyMedium(disk: RawBytes, options: VerifyOptions): MediumReport {
  const account = new Account(disk, options);
  account.takeAll();
  return account.sweep();
}

class Account {
  readonly #disk: RawBytes;
  readonly #options: VerifyOptions;
  readonly #structures: Range[] = [];
  readonly #proven: Range[] = [];
  readonly #claimed: Range[] = [];
  readonly #named: Unaccounted[] = [];
  readonly #filesystems: MediumReport['filesystems'][number][] = [];
  readonly #problems: string[] = [];
  /** What a range that nothing claims is, by where it lies. */
  readonly #areas: (Range & { readonly kind: UnaccountedKind })[] = [];

  constructor(disk: RawBytes, options: VerifyOptions) {
    this.#disk = disk;
    this.#options = options;
  }

  takeAll(): void {
    const table = readPartitionTable(this.#disk);
    const whole = { start: 0, end: this.#disk.size };
    if (table === null) {
      this.#takePartition(whole);
      return;
    }
    this.#structures.push(...table.structures);
    const inside = table.partitions.filter(({ start, end }) => start < end && end <= this.#disk.size);
    if (inside.length < table.partitions.length) this.#problems.push('a partition reaches past the end of the medium');
    for (const partition of inside) this.#takePartition(partition);
    for (const gap of uncovered(whole, joinRanges(inside))) this.#areas.push({ ...gap, kind: 'outside' });
  }

  #takePartition(partition: Range): void {
    const part = partOf(this.#disk, partition);
    let map: FilesystemMap | null = null;
    try {
      map = readFilesystem(part);
      if (map === null) this.#problems.push(`at ${partition.start}: no filesystem that is known`);
    } catch (error) {
      // A number that leads outside a table is a RangeError of Buffer's.
      if (!(error instanceof BrokenFilesystem) && !(error instanceof RangeError)) throw error;
      this.#problems.push(`at ${partition.start}: the filesystem contradicts itself: ${error.message}`);
    }
    if (map === null) {
      this.#areas.push({ ...partition, kind: 'unknown' });
      return;
    }
    this.#filesystems.push({ kind: map.kind, start: partition.start, files: map.files.length });
    this.#structures.push(...shifted(map.structures, partition.start));
    for (const file of map.files) this.#takeFile(file, part, partition.start);
    const end = partition.start + map.bytes;
    this.#areas.push({ start: partition.start, end, kind: 'free' }, { start: end, end: partition.end, kind: 'outside' });
  }

  #takeFile(file: StoredFile, part: RawBytes, base: number): void {
    const [content, slack] = splitAt(shifted(file.extents, base), file.size);
    const standing = ciphertextOf(part, file, this.#options.identities);
    if (standing === 'proven') this.#proven.push(...content);
    else if (standing === 'claimed') this.#claimed.push(...content);
    else if (this.#isPublic(file, part)) this.#structures.push(...content);
    else this.#named.push(...content.map((range): Unaccounted => ({ ...range, kind: 'file', path: file.path })));
    for (const range of slack) {
      for (const written of this.#nonZero(range)) this.#named.push({ ...written, kind: 'slack', path: file.path });
    }
  }

  #isPublic(file: StoredFile, part: RawBytes): boolean {
    if (this.#options.isPublic === undefined || file.size > MAX_PUBLIC_BYTES || rangesBytes(file.extents) < file.size) return false;
    const bytes = Buffer.concat(file.extents.map(({ start, end }) => part.read(start, end - start)));
    return this.#options.isPublic(file.path, bytes.subarray(0, file.size));
  }

  /** Reads everything once: for the canaries, and to tell what nothing claims and is not zero. */
  sweep(): MediumReport {
    const search = new CanarySearch(this.#options.canaries);
    const claimed = joinRanges([...this.#structures, ...this.#proven, ...this.#claimed, ...this.#named]);
    const unaccounted = [...this.#named];
    for (let at = 0; at < this.#disk.size; at += STEP) {
      search.take(this.#disk.read(at, Math.min(STEP, this.#disk.size - at)), at);
      this.#options.onProgress?.(Math.min(at + STEP, this.#disk.size));
    }
    for (const { kind, ...area } of this.#areas) {
      for (const free of uncovered(area, claimed)) for (const range of this.#nonZero(free)) unaccounted.push({ ...range, kind });
    }
    return {
      bytes: this.#disk.size,
      filesystems: this.#filesystems,
      structureBytes: rangesBytes(joinRanges(this.#structures)),
      provenBytes: rangesBytes(joinRanges(this.#proven)),
      claimedBytes: rangesBytes(joinRanges(this.#claimed)),
      unaccounted: unaccounted.toSorted((a, b) => a.start - b.start),
      canaries: search.hits(),
      problems: this.#problems,
    };
  }

  /** By sectors, joined: an examiner looks at sectors. */
  #nonZero(range: Range): Range[] {
    const found: Range[] = [];
    for (let at = range.start; at < range.end; at += STEP) {
      const bytes = this.#disk.read(at, Math.min(STEP, range.end - at));
      if (bytes.equals(ZEROS.subarray(0, bytes.length))) continue;
      for (let inside = 0; inside < bytes.length;) {
        const length = Math.min(SECTOR - ((at + inside) % SECTOR), bytes.length - inside);
        if (!bytes.subarray(inside, inside + length).equals(ZEROS.subarray(0, length))) {
          found.push({ start: at + inside, end: at + inside + length });
        }
        inside += length;
      }
    }
    return joinRanges(found);
  }
}

const SECTOR = 512;
const ZEROS = Buffer.alloc(STEP);

/** A file's extents up to its size, and what is left of its last block. */
function splitAt(extents: readonly Range[], size: number): [Range[], Range[]] {
  const [content, slack]: [Range[], Range[]] = [[], []];
  let left = size;
  for (const { start, end } of extents) {
    const used = Math.min(left, end - start);
    if (used > 0) content.push({ start, end: start + used });
    if (start + used < end) slack.push({ start: start + used, end });
    left -= used;
  }
  return [content, slack];
}
