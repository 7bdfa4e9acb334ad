import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encryptBytes, generateIdentity } from '../../src/age/index.ts';
import { type MediumReport, openRaw, verifyMedium, type VerifyOptions } from '../../src/media/index.ts';
import { joinRanges, type Range, uncovered } from '../../src/media/raw/ranges.ts';

const key = generateIdentity();
const CANARY = 'canary: 山田太郎 0312345678';
const PLAIN = Buffer.from(`${CANARY}\n`.repeat(2000));

let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-media-'));
  image = join(folder, 'image');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function encrypted(plain: Uint8Array): Uint8Array {
  const sealed = encryptBytes(plain, [key.recipient]);
  if (!sealed.ok) throw new Error(sealed.error.message);
  return sealed.value;
}

function verify(options: Partial<VerifyOptions> = {}): MediumReport {
  const raw = openRaw(image);
  try {
    return verifyMedium(raw, { identities: [key.identity], canaries: [CANARY], ...options });
  } finally {
    raw.close();
  }
}

/** An ext filesystem with these files, made without mounting: mke2fs -d. */
function extImage(files: Record<string, Uint8Array>, ...options: string[]): void {
  const tree = join(folder, 'tree');
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), bytes);
  }
  mkdirSync(tree, { recursive: true });
  writeFileSync(image, '');
  truncateSync(image, 16 * 1024 * 1024);
  execFileSync('mke2fs', ['-q', '-F', '-m', '0', ...options, '-d', tree, image], { stdio: ['ignore', 'ignore', 'pipe'] });
}

function writeAt(offset: number, bytes: Uint8Array): void {
  const file = openSync(image, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

const EXT: [string, string[]][] = [
  ['ext4', ['-t', 'ext4']],
  ['ext4 with blocks of 1 KiB', ['-t', 'ext4', '-b', '1024']],
  ['ext4 without 64bit and checksums', ['-t', 'ext4', '-O', '^64bit,^metadata_csum']],
  ['ext4 with inline data', ['-t', 'ext4', '-O', 'inline_data']],
  ['ext3', ['-t', 'ext3']],
  ['ext2 with blocks of 1 KiB', ['-t', 'ext2', '-b', '1024']],
];

describe.each(EXT)('%s', (_name, options) => {
  test('a medium with ciphertext alone is accounted for to the last byte', () => {
    extImage(
      { 'list.csv.age': encrypted(PLAIN), 'deep/er/メモ.age': encrypted(Buffer.from('x')), 'big.age': encrypted(Buffer.alloc(3_000_000)) },
      ...options,
    );
    const report = verify();
    expect(report).toMatchObject({ unaccounted: [], canaries: [], problems: [], claimedBytes: 0 });
    expect(report.provenBytes).toBeGreaterThan(3_000_000);
    expect(verify({ identities: [] })).toMatchObject({ unaccounted: [], provenBytes: 0, claimedBytes: report.provenBytes });
  });

  test('plaintext is listed with its path, and its canaries found', () => {
    extImage({ 'list.csv.age': encrypted(PLAIN), 'folder/list.csv': PLAIN, 'note.txt': Buffer.from(CANARY) }, ...options);
    const report = verify();
    expect([...new Set(report.unaccounted.map(({ kind, path }) => `${kind} ${path}`))].toSorted()).toEqual([
      'file folder/list.csv',
      'file note.txt',
    ]);
    const listed = report.unaccounted.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(listed).toBe(PLAIN.length + Buffer.byteLength(CANARY));
    expect(report.canaries).toHaveLength(2001);
    for (const { offset } of report.canaries) {
      expect(report.unaccounted.some(({ start, end }) => start <= offset && offset < end)).toBe(true);
    }
  });

  test('what stands in free space, and plaintext behind a genuine header, are listed', () => {
    const sealed = Buffer.from(encrypted(PLAIN));
    const fake = Buffer.concat([sealed.subarray(0, 300), PLAIN]);
    extImage({ 'fake.age': fake, 'cut.age': sealed.subarray(0, -1) }, ...options);
    const free = 15 * 1024 * 1024 + 512;
    writeAt(free, Buffer.from(CANARY));
    const report = verify();
    expect(report.unaccounted).toContainEqual({ start: free, end: free + 512, kind: 'free' });
    expect(new Set(report.unaccounted.flatMap(({ path }) => path ?? []))).toEqual(new Set(['fake.age', 'cut.age']));
    expect(report.canaries.map(({ offset }) => offset)).toContain(free);
    expect(verify({ identities: [] }).unaccounted.flatMap(({ path }) => path ?? [])).toContain('fake.age');
  });
});

describe('a medium with partitions', () => {
  test('each is read; what lies outside them is listed', () => {
    extImage({ 'list.csv': PLAIN }, '-t', 'ext4');
    const inside = readFileSync(image);
    const disk = Buffer.alloc(inside.length + 2 * 1024 * 1024);
    inside.copy(disk, 1024 * 1024);
    disk[446 + 4] = 0x83;
    disk.writeUInt32LE(2048, 446 + 8);
    disk.writeUInt32LE(inside.length / 512, 446 + 12);
    disk.writeUInt16LE(0xaa55, 510);
    disk.write(CANARY, 512 * 100);
    writeFileSync(image, disk);
    const report = verify();
    expect(report.filesystems).toEqual([{ kind: 'ext', start: 1024 * 1024, files: 1 }]);
    expect(report.unaccounted[0]).toEqual({ start: 51_200, end: 51_712, kind: 'outside' });
    expect(report.unaccounted.some(({ path }) => path === 'list.csv')).toBe(true);
  });
});

describe('media that contradict themselves', () => {
  test('a filesystem that is not known is not accounted for', () => {
    writeFileSync(image, Buffer.alloc(1024 * 1024, 'plain '));
    expect(verify()).toMatchObject({ unaccounted: [{ start: 0, end: 1024 * 1024, kind: 'unknown' }], structureBytes: 0 });
    writeFileSync(image, Buffer.alloc(1024 * 1024));
    expect(verify().unaccounted).toEqual([]);
  });

  test('whatever is changed in a filesystem, it is read to its end and canaries are found', { timeout: 300_000 }, () => {
    extImage({ 'list.csv': PLAIN, 'a/b/c.age': encrypted(PLAIN) }, '-t', 'ext4', '-b', '1024');
    const whole = readFileSync(image);
    const change = fc.record({ at: fc.nat(80_000), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, value } of changes) bytes[1024 + at] = value;
        const disk = { size: bytes.length, read: (offset: number, length: number) => Buffer.from(bytes.subarray(offset, offset + length)) };
        const report = verifyMedium(disk, { identities: [key.identity], canaries: [CANARY] });
        expect(report.canaries.length).toBeGreaterThan(1900);
      }),
      { numRuns: 60 },
    );
  });
});

describe('ranges', () => {
  const range = fc.tuple(fc.nat(200), fc.nat(40)).map(([start, length]): Range => ({ start, end: start + length }));
  const covers = (ranges: readonly Range[], at: number): boolean => ranges.some(({ start, end }) => start <= at && at < end);

  test('what is joined covers the same, and with what is left, everything once', () => {
    fc.assert(
      fc.property(fc.array(range), range, (ranges, whole) => {
        const joined = joinRanges(ranges);
        const left = uncovered(whole, joined);
        for (let at = 0; at < 250; at += 1) {
          expect(covers(joined, at)).toBe(covers(ranges, at));
          expect(covers(left, at)).toBe(covers([whole], at) && !covers(ranges, at));
        }
      }),
    );
  });
});
