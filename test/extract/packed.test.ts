import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { people } from '../fixtures/people.ts';
import { Budget } from '../../src/extract/budget.ts';
import { lzhMembers } from '../../src/extract/formats/lzh.ts';
import { rarMembers } from '../../src/extract/formats/rar.ts';
import { bufferSource } from '../../src/extract/index.ts';
import { expandXz } from '../../src/extract/formats/xz.ts';
import { extractBytes, fixture, LIMITS, reasons, textOf } from './extract-bytes.ts';

const NUMBER = Buffer.from('マイナンバー 123456789018\n');
const LIST = '社員名簿.csv';
const MEMO = 'メモ.txt';

describe('7z', () => {
  it.each(['lzma', 'lzma2', 'deflate', 'bzip2', 'copy', 'bcj', 'delta', 'arm64'])('reads members packed with %s', async (method) => {
    const seen = await extractBytes(fixture(`meibo-${method}.7z`));
    expect(seen).toMatchObject({ type: '7z', unreadable: [], persons: { from: 20, to: 20 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: LIST, line: 2 });
    expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]?.part).toBe(MEMO);
  });

  it.each(['ppmd', 'bcj2'])('names the members of a way of packing that is not undone: %s', async (method) => {
    const seen = await extractBytes(fixture(`meibo-${method}.7z`));
    expect(seen.unreadable.map(({ reason, where }) => `${reason} ${where?.part}`).toSorted()).toEqual(
      [`unsupported ${MEMO}`, `unsupported ${LIST}`].toSorted(),
    );
    expect(textOf(seen)).toContain(LIST);
  });

  it('names encrypted members, unless their names are encrypted too', async () => {
    const seen = await extractBytes(fixture('password.7z'));
    expect(seen.unreadable.map(({ reason, where }) => `${reason} ${where?.part}`).toSorted()).toEqual(
      [`encrypted ${MEMO}`, `encrypted ${LIST}`].toSorted(),
    );
    expect((await extractBytes(fixture('password-names.7z'))).unreadable).toEqual([{ reason: 'encrypted' }]);
  });

  it('says when it is cut off or damaged', async () => {
    const whole = fixture('meibo-lzma2.7z');
    expect(reasons(await extractBytes(whole.subarray(0, -20)))).toEqual(['corrupt']);
    const damaged = Buffer.from(whole).fill(0x55, 40, 80);
    expect(reasons(await extractBytes(damaged))).toContain('corrupt');
  });

  it('says when a member has another checksum, and what was read counts', async () => {
    const damaged = Buffer.from(fixture('meibo-copy.7z'));
    const at = damaged.indexOf(encodeJapanese('住所', 'shift_jis'));
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const seen = await extractBytes(damaged);
    expect(seen.unreadable).toEqual([{ reason: 'corrupt', where: { part: LIST } }]);
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.distinct).toBe(20);
  });

  it('counts members, time and memory', async () => {
    const whole = fixture('meibo-lzma2.7z');
    expect(reasons(await extractBytes(whole, { maxEntries: 1 }))).toEqual(['too-many-entries']);
    expect(reasons(await extractBytes(whole, { maxMillis: 0 }))).toEqual(['timed-out']);
    expect(reasons(await extractBytes(fixture('meibo-lzma.7z'), { maxMemoryBytes: 100 }))).toEqual(['too-large']);
  });
});

const expand = async (packed: Buffer, cut = 1000): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < packed.length; at += cut) yield packed.subarray(at, at + cut);
  }
  for await (const piece of expandXz(chunks(), new Budget(LIMITS, () => 0))) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** Bytes that look like calls and loads of some processor, among others. */
const code = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc
    .tuple(fc.constantFrom(0xe8, 0xe9), fc.uint8Array({ minLength: 3, maxLength: 3 }), fc.constantFrom(0, 0xff, 1))
    .map(([call, address, sign]) => new Uint8Array([call, ...address, sign])),
  fc
    .tuple(fc.uint8Array({ minLength: 3, maxLength: 3 }), fc.constantFrom(0xeb, 0x48, 0x40, 0x7f, 0x94, 0x90, 0xb0, 0xf0, 0xf8))
    .map(([address, last]) => new Uint8Array([...address, last])),
  fc
    .tuple(fc.constantFrom(0x48, 0x40, 0x7f), fc.uint8Array({ minLength: 2, maxLength: 2 }))
    .map(([first, address]) => new Uint8Array([first, ...address, 1])),
  fc.tuple(fc.nat(255), fc.nat(255)).map(([low, high]) => new Uint8Array([low, 0xf0 | (high & 7), high, 0xf8 | (low & 7)])),
);

describe('xz', () => {
  it.each(['meibo.csv.xz', 'meibo.tar.xz', 'joined.xz', 'sha256.xz', 'filtered.xz'])('reads %s', async (name) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type: 'xz', unreadable: [] });
    expect(seen.persons.to).toBeGreaterThanOrEqual(20);
  });

  it('leaves filters that it does not know', async () =>
    expect(reasons(await extractBytes(fixture('unread-filter.xz')))).toEqual(['unsupported']));

  it.each([
    ['CRC-32', 'meibo.csv.xz', 4],
    ['CRC-64', 'joined.xz', 8],
    ['SHA-256', 'sha256.xz', 32],
  ])('knows damage by %s', async (_, name, length) => {
    const damaged = Buffer.from(fixture(name));
    // The check stands before the index, which is here of one block and padded to eight bytes, with a footer of twelve.
    const footer = damaged.length - 12;
    const index = footer - (damaged.readUInt32LE(footer + 4) + 1) * 4;
    damaged[index - length] = (damaged[index - length] ?? 0) ^ 1;
    const seen = await extractBytes(damaged);
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(seen.persons.to).toBeGreaterThanOrEqual(19);
  });

  it('says when it is cut off, damaged, or too large for its window', async () => {
    const whole = fixture('meibo.csv.xz');
    expect(reasons(await extractBytes(whole.subarray(0, -30)))).toEqual(['corrupt']);
    const damaged = Buffer.from(whole);
    damaged[200] = (damaged[200] ?? 0) ^ 0x40;
    expect(reasons(await extractBytes(damaged))).toEqual(['corrupt']);
    expect(reasons(await extractBytes(whole, { maxMemoryBytes: 2 ** 24 }))).toEqual(['too-large']);
  });

  const missing = spawnSync('xz', ['--version']).status !== 0;
  it.skipIf(missing)(
    'expands whatever xz packs (needs xz)',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.oneof(
              fc.uint8Array({ maxLength: 300 }),
              fc.tuple(fc.nat(255), fc.nat(5000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
            ),
          ),
          fc.constantFrom('-0', '-6', '-9e', '--lzma2=lc=0,lp=2,pb=0', '--lzma2=lc=3,lp=1,pb=4,dict=4KiB'),
          fc.integer({ min: 1, max: 70_000 }),
          async (pieces, option, cut) => {
            // Repeated once, so that there are far matches.
            const bytes = Buffer.concat([...pieces, ...pieces]);
            const packed = execFileSync('xz', ['--format=xz', '-c', option], { input: bytes });
            expect((await expand(packed, cut)).equals(bytes)).toBe(true);
          },
        ),
        { numRuns: 60 },
      ),
    60_000,
  );

  it.skipIf(missing).each(['--x86', '--powerpc', '--arm', '--armthumb', '--sparc', '--arm64', '--delta=dist=7'])(
    'undoes what xz filters with %s (needs xz)',
    (filter) =>
      fc.assert(
        fc.asyncProperty(fc.array(code, { minLength: 1, maxLength: 400 }), fc.integer({ min: 1, max: 3000 }), async (pieces, cut) => {
          const bytes = Buffer.concat(pieces);
          const packed = execFileSync('xz', ['--format=xz', '-c', filter, '--lzma2=preset=0'], { input: bytes });
          expect((await expand(packed, cut)).equals(bytes)).toBe(true);
        }),
        { numRuns: 25 },
      ),
    60_000,
  );

  it('stops at the ratio', async () => {
    if (missing) return;
    const packed = execFileSync('xz', ['-c'], { input: Buffer.alloc(64 * 1024 * 1024) });
    expect(reasons(await extractBytes(packed))).toEqual(['ratio-exceeded']);
  });
});

/** A variable number of RAR 5. */
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);

/** A rar 5 file block ("RAR 5.0 archive format"), without a checksum. */
function rar5File(name: string, data: Buffer, { method = 0, version = 0, encrypted = false } = {}): Buffer {
  const extra = encrypted ? [3, 1, 0, 0] : [];
  const raw = Buffer.from(name);
  const body = [
    ...varint(2),
    ...varint(encrypted ? 3 : 2),
    ...(encrypted ? varint(extra.length) : []),
    ...varint(data.length),
    ...varint(0),
    ...varint(data.length),
    ...varint(0),
    ...varint((method << 7) | version),
    ...varint(1),
    ...varint(raw.length),
    ...raw,
    ...extra,
  ];
  return Buffer.concat([Buffer.alloc(4), Buffer.from([...varint(body.length), ...body]), data]);
}

const rar5 = (...blocks: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'),
    Buffer.from([0, 0, 0, 0, 3, 1, 0, 0]),
    ...blocks,
    Buffer.from([0, 0, 0, 0, 3, 5, 0, 0]),
  ]);

function rar4Block(type: number, flags: number, fields: Buffer, data: Buffer = Buffer.alloc(0)): Buffer {
  const start = Buffer.alloc(7);
  start[2] = type;
  start.writeUInt16LE(flags, 3);
  start.writeUInt16LE(7 + fields.length, 5);
  return Buffer.concat([start, fields, data]);
}

function rar4File(name: Buffer, data: Buffer, method: number, flags = 0): Buffer {
  const fields = Buffer.alloc(25);
  fields.writeUInt32LE(data.length, 0);
  fields.writeUInt32LE(data.length, 4);
  fields.writeUInt32LE(crc32(data), 9);
  fields[18] = method;
  fields.writeUInt16LE(name.length, 19);
  return rar4Block(0x74, 0x8000 | flags, Buffer.concat([fields, name]), data);
}

const rar4 = (flags: number, ...blocks: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from('Rar!\x1a\x07\0', 'latin1'),
    rar4Block(0x73, flags, Buffer.alloc(6)),
    ...blocks,
    rar4Block(0x7b, 0, Buffer.alloc(0)),
  ]);

describe('rar', () => {
  it.each(['meibo.rar', 'meibo-solid.rar', 'meibo-stored.rar'])('reads %s', async (name) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type: 'rar', unreadable: [], persons: { from: 20, to: 20 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: LIST, line: 2 });
    expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]?.part).toBe(MEMO);
  });

  it('names encrypted members, unless their names are encrypted too', async () => {
    const seen = await extractBytes(fixture('password.rar'));
    expect(new Set(reasons(seen))).toEqual(new Set(['encrypted']));
    expect(textOf(seen)).toContain(LIST);
    expect((await extractBytes(fixture('password-names.rar'))).unreadable).toEqual([{ reason: 'encrypted' }]);
  });

  it('expands what a solid member goes on from, wanted or not', async () => {
    const members = [...rarMembers(bufferSource(fixture('meibo-solid.rar')), new Budget(LIMITS, () => 0))];
    const memo = members.find((member) => member !== 'encrypted' && member.name === MEMO);
    if (memo === undefined || memo === 'encrypted') throw new TypeError('no such member');
    expect(Buffer.concat([...(memo.open?.() ?? [])]).toString()).toContain('【社外秘】の資料です。');
  });

  it('says when it is damaged, and when a window is too large', async () => {
    const whole = fixture('meibo.rar');
    const damaged = Buffer.from(whole);
    damaged[200] = (damaged[200] ?? 0) ^ 0x40;
    expect(reasons(await extractBytes(damaged))).toEqual(['corrupt']);
    expect(new Set(reasons(await extractBytes(fixture('meibo-solid.rar'), { maxMemoryBytes: 100_000 })))).toEqual(
      new Set(['too-large', 'corrupt']),
    );
  });

  // Debian's non-free section; the program may be tried for 40 days.
  const rar = process.env['RAR_PROGRAM'] ?? 'rar';
  const missing = spawnSync(rar).error !== undefined;
  if (missing) console.log('rar is not installed: its decoder is tested on the samples only');
  it.skipIf(missing).each([
    ['-m1', '-md128k'],
    ['-m5', '-md4m'],
    ['-m3', '-s'],
  ])(
    'expands whatever rar packs with %s %s (needs rar)',
    async (...options) => {
      const work = mkdtempSync(join(tmpdir(), 'sekisho-rar-'));
      const inputs = [
        readFileSync(process.execPath).subarray(0, 5_000_000),
        Buffer.from(Array.from({ length: 600_000 }, (_, index) => Math.round(Math.sin(index / 500) * 100 + (index % 3) * 30) & 0xff)),
        Buffer.from(
          people(3000)
            .map((person) => Object.values(person).join(','))
            .join('\n'),
        ),
        Buffer.alloc(2_000_000, 'ab'),
      ];
      for (const [index, bytes] of inputs.entries()) writeFileSync(join(work, `${index}.bin`), bytes);
      execFileSync(rar, ['a', '-idq', ...options, 'all.rar', '0.bin', '1.bin', '2.bin', '3.bin'], { cwd: work, stdio: 'ignore' });
      const archive = readFileSync(join(work, 'all.rar'));
      rmSync(work, { recursive: true });
      const budget = new Budget({ ...LIMITS, maxRatio: 1_000_000 }, () => 0);
      for (const member of rarMembers(bufferSource(archive), budget)) {
        if (member === 'encrypted') throw new TypeError('not encrypted');
        const bytes = Buffer.concat([...(member.open?.() ?? [])]);
        expect(bytes.equals(inputs[Number(member.name[0])] ?? Buffer.alloc(0))).toBe(true);
      }
    },
    60_000,
  );

  it.each([
    [
      '5',
      rar5(
        rar5File('名簿.txt', NUMBER),
        rar5File('packed.txt', NUMBER, { method: 3, version: 1 }),
        rar5File('locked.txt', NUMBER, { encrypted: true }),
      ),
    ],
    [
      '4',
      rar4(
        0,
        rar4File(encodeJapanese('名簿.txt', 'shift_jis'), NUMBER, 0x30),
        rar4File(Buffer.from('packed.txt'), NUMBER, 0x33),
        rar4File(Buffer.from('locked.txt'), NUMBER, 0x30, 4),
      ),
    ],
  ])('%s: reads what is stored, and names the rest', async (_, bytes) => {
    const seen = await extractBytes(bytes);
    expect(seen).toMatchObject({ type: 'rar', persons: { from: 1, to: 1 } });
    expect(seen.findings[0]?.where).toEqual([{ part: '名簿.txt', line: 1 }]);
    expect(seen.unreadable).toEqual([
      { reason: 'encrypted', where: { part: 'locked.txt' } },
      { reason: 'unsupported', where: { part: 'packed.txt' } },
    ]);
  });

  it.each([
    ['5', rar5(Buffer.from([0, 0, 0, 0, 4, 4, 0, 0, 0]))],
    ['4', rar4(0x80)],
  ])('%s: says when even the names are encrypted', async (_, bytes) => expect(reasons(await extractBytes(bytes))).toEqual(['encrypted']));

  it('says when it is cut off', async () => {
    const whole = rar5(rar5File('a.txt', NUMBER));
    expect(reasons(await extractBytes(whole.subarray(0, 40)))).toEqual(['corrupt']);
  });
});

function lzh0(name: Buffer, data: Buffer, method: string): Buffer {
  const header = Buffer.alloc(22);
  header[0] = 22 + name.length;
  header.write(method, 2, 'latin1');
  header.writeUInt32LE(data.length, 7);
  header.writeUInt32LE(data.length, 11);
  header[21] = name.length;
  return Buffer.concat([header, name, Buffer.alloc(2), data]);
}

describe('lzh', () => {
  it.each(['lh0', 'lh5', 'lh6', 'lh7'])(
    'reads members packed with %s, with names in Shift_JIS, in headers of every level',
    async (method) => {
      const seen = await extractBytes(fixture(`meibo-${method}.lzh`));
      expect(seen).toMatchObject({ type: 'lzh', unreadable: [], persons: { from: 20, to: 20 } });
      expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: LIST, line: 2 });
      expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]?.part).toBe(MEMO);
    },
  );

  it('names the members of a way of packing that is not undone', async () => {
    const seen = await extractBytes(Buffer.concat([lzh0(encodeJapanese('名簿.txt', 'shift_jis'), NUMBER, '-lh1-'), Buffer.alloc(1)]));
    expect(seen).toMatchObject({ type: 'lzh', unreadable: [{ reason: 'unsupported', where: { part: '名簿.txt' } }] });
    expect(textOf(seen)).toContain('名簿.txt');
  });

  it.each(['lh0', 'lh5'])('says when a member of %s has another checksum, and what was read counts', async (method) => {
    const damaged = Buffer.from(fixture(`meibo-${method}.lzh`));
    const at = method === 'lh0' ? damaged.indexOf('090-1000') : damaged.length - 200;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const seen = await extractBytes(damaged);
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(seen.persons.to).toBeGreaterThan(10);
  });

  it('says when it is cut off', async () => {
    expect(reasons(await extractBytes(fixture('meibo-lh5.lzh').subarray(0, 400)))).toEqual(['corrupt']);
  });

  const missing = spawnSync('jlha').error !== undefined;
  if (missing) console.log('jlha (jlha-utils) is not installed: its decoder is tested on the samples only');
  it.skipIf(missing).each([5, 6, 7] as const)(
    'expands whatever jlha packs with -lh%d- (needs jlha)',
    (method) => {
      const work = mkdtempSync(join(tmpdir(), 'sekisho-lzh-'));
      const inputs = [
        readFileSync(process.execPath).subarray(0, 1_000_000),
        Buffer.from(
          people(2000)
            .map((person) => Object.values(person).join(','))
            .join('\n'),
        ),
        Buffer.alloc(300_000, 'x'),
        Buffer.from('y'),
      ];
      for (const [index, bytes] of inputs.entries()) writeFileSync(join(work, `${index}.bin`), bytes);
      execFileSync('jlha', [`a1o${method}`, 'all.lzh', '0.bin', '1.bin', '2.bin', '3.bin'], { cwd: work, stdio: 'ignore' });
      const archive = readFileSync(join(work, 'all.lzh'));
      rmSync(work, { recursive: true });
      const members = [...lzhMembers(bufferSource(archive))];
      expect(members).toHaveLength(inputs.length);
      for (const { name, open } of members) {
        expect(Buffer.concat([...(open?.() ?? [])]).equals(inputs[Number(name[0])] ?? Buffer.alloc(0))).toBe(true);
      }
    },
    60_000,
  );
});
