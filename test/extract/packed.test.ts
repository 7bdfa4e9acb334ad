import { execFileSync, spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { Budget } from '../../src/extract/budget.ts';
import { expandXz } from '../../src/extract/formats/xz.ts';
import { extractBytes, fixture, LIMITS, reasons, textOf } from './extract-bytes.ts';

const NUMBER = Buffer.from('マイナンバー 123456789018\n');
const LIST = '社員名簿.csv';
const MEMO = 'メモ.txt';

describe('7z', () => {
  it.each(['lzma', 'lzma2', 'deflate', 'bzip2', 'copy'])('reads members packed with %s', async (method) => {
    const seen = await extractBytes(fixture(`meibo-${method}.7z`));
    expect(seen).toMatchObject({ type: '7z', unreadable: [], persons: { from: 20, to: 20 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: LIST, line: 2 });
    expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]?.part).toBe(MEMO);
  });

  it('names the members of a way of packing that is not undone', async () => {
    const seen = await extractBytes(fixture('meibo-ppmd.7z'));
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

describe('xz', () => {
  it.each(['meibo.csv.xz', 'meibo.tar.xz', 'joined.xz'])('reads %s', async (name) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type: 'xz', unreadable: [] });
    expect(seen.persons.to).toBeGreaterThanOrEqual(20);
  });

  it('leaves filters for programs', async () => expect(reasons(await extractBytes(fixture('filtered.xz')))).toEqual(['unsupported']));

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

  it('stops at the ratio', async () => {
    if (missing) return;
    const packed = execFileSync('xz', ['-c'], { input: Buffer.alloc(64 * 1024 * 1024) });
    expect(reasons(await extractBytes(packed))).toEqual(['ratio-exceeded']);
  });
});

/** A variable number of RAR 5. */
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);

/** A rar 5 file block ("RAR 5.0 archive format"): checksums are not looked at. */
function rar5File(name: string, data: Buffer, { method = 0, encrypted = false } = {}): Buffer {
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
    ...varint(method << 7),
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
  it.each([
    [
      '5',
      rar5(
        rar5File('名簿.txt', NUMBER),
        rar5File('packed.txt', NUMBER, { method: 3 }),
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

function lzh2(name: string, folder: Buffer, data: Buffer, method: string): Buffer {
  const extended = [Buffer.from([1, ...Buffer.from(name)]), Buffer.concat([Buffer.from([2]), folder])];
  const header = Buffer.alloc(24);
  header.write(method, 2, 'latin1');
  header.writeUInt32LE(data.length, 7);
  header[20] = 2;
  const parts: Buffer[] = [header];
  for (const part of extended) {
    const size = Buffer.alloc(2);
    size.writeUInt16LE(part.length + 2);
    parts.push(size, part);
  }
  parts.push(Buffer.alloc(2));
  header.writeUInt16LE(Buffer.concat(parts).length, 0);
  return Buffer.concat([...parts, data]);
}

describe('lzh', () => {
  it('reads what is stored, and names the rest, in headers of level 0 and 2', async () => {
    const seen = await extractBytes(
      Buffer.concat([
        lzh0(encodeJapanese('名簿.txt', 'shift_jis'), NUMBER, '-lh0-'),
        lzh2('packed.txt', Buffer.from('dir\xffsub\xff', 'latin1'), NUMBER, '-lh5-'),
        Buffer.alloc(1),
      ]),
    );
    expect(seen).toMatchObject({ type: 'lzh', persons: { from: 1, to: 1 } });
    expect(seen.findings[0]?.where).toEqual([{ part: '名簿.txt', line: 1 }]);
    expect(seen.unreadable).toEqual([{ reason: 'unsupported', where: { part: 'dir/sub/packed.txt' } }]);
  });
});
