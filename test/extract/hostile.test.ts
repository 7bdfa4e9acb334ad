import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import type { InspectionLimits } from '../../src/contracts/finding.ts';
import { bufferSource, extractFile, type ByteSource } from '../../src/extract/index.ts';
import { segmentText, extractBytes, extractSource, fixture, LIMITS, reasons, textOf } from './extract-bytes.ts';
import { pdfOfObjects } from './pdf-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

const NUMBER = Buffer.from('マイナンバー 123456789018\n');
const ZEROS = Buffer.alloc(64 * 1024 * 1024);

describe('bombs', () => {
  it('stops at the ratio, and still reads the rest', async () => {
    const seen = await extractBytes(
      zipBytes([
        { name: 'bomb.txt', data: ZEROS },
        { name: 'list.txt', data: NUMBER },
      ]),
    );
    expect(seen.unreadable).toEqual([{ reason: 'ratio-exceeded', where: { part: 'bomb.txt' } }]);
    expect(seen.persons.to).toBe(1);
  });

  it('stops at the expanded bytes, and what was read so far counts', async () => {
    const members = [
      { name: 'list.txt', data: NUMBER },
      ...Array.from({ length: 4 }, (_, index) => ({ name: `${index}.bin`, data: ZEROS })),
    ];
    const seen = await extractBytes(zipBytes(members), { maxRatio: 100_000, maxExpandedBytes: 100_000_000 });
    expect(reasons(seen)).toEqual(['too-large']);
    expect(seen.persons.to).toBe(1);
  });

  it('believes the bytes, not the header', async () => {
    const seen = await extractBytes(zipBytes([{ name: 'bomb.txt', data: ZEROS, claimedSize: 10 }]));
    expect(reasons(seen)).toEqual(['ratio-exceeded']);
  });

  it.each([0, 1, NUMBER.length - 1, NUMBER.length + 1])(
    'a member of another size than the directory says, %i, is read whole',
    async (claimedSize) => {
      const seen = await extractBytes(zipBytes([{ name: 'list.txt', data: NUMBER, claimedSize }]));
      expect(seen.segments.map(segmentText).join('')).toBe(NUMBER.toString());
      expect(reasons(seen)).toEqual([]);
    },
  );

  it('counts gzip alike', async () => {
    expect(reasons(await extractBytes(gzipSync(ZEROS)))).toEqual(['ratio-exceeded']);
  });

  it('stops at the number of entries, over all levels', async () => {
    const inner = zipBytes(Array.from({ length: 60 }, (_, index) => ({ name: `${index}.txt`, data: NUMBER })));
    const outer = zipBytes([
      { name: 'a.zip', data: inner },
      { name: 'b.zip', data: inner },
    ]);
    expect(reasons(await extractBytes(outer, { maxEntries: 100 }))).toEqual(['too-many-entries']);
    expect(reasons(await extractBytes(inner, { maxEntries: 10 }))).toEqual(['too-many-entries']);
  });

  it('goes as deep as allowed and no deeper', async () => {
    let bytes: Buffer = NUMBER;
    for (let level = 0; level < 6; level++) bytes = zipBytes([{ name: `${level}.zip`, data: bytes }]);
    const shallow = await extractBytes(bytes, { maxDepth: 5 });
    expect(reasons(shallow)).toEqual(['too-deep']);
    expect(shallow.persons.to).toBe(0);
    const deep = await extractBytes(bytes, { maxDepth: 6 });
    expect(reasons(deep)).toEqual([]);
    expect(deep.persons.to).toBe(1);
  });

  it('ends on an archive that refers to itself at every level', async () => {
    // Each level holds the next one twice: 2^n members in all, like the quine zips.
    let bytes: Buffer = NUMBER;
    for (let level = 0; level < 20; level++)
      bytes = zipBytes([
        { name: 'a.zip', data: bytes },
        { name: 'b.zip', data: bytes },
      ]);
    const seen = await extractBytes(bytes, { maxDepth: 32, maxEntries: 500 });
    expect(reasons(seen)).toEqual(['too-many-entries']);
  });

  it.each([
    ['in an xml file', (xml: string) => Buffer.from(xml)],
    [
      'in a document',
      (xml: string) =>
        zipBytes([
          { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
          { name: 'word/document.xml', data: Buffer.from(xml) },
        ]),
    ],
  ])('expands no entities %s', async (_, pack) => {
    const names = Array.from('abcdefghij');
    const declarations = names.slice(1).map((name, index) => `<!ENTITY ${name} "${`&${names[index]};`.repeat(10)}">`);
    const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY x SYSTEM "file:///etc/passwd">${declarations.join('')}]><r><p><t>&j;&x;【社外秘】</t></p></r>`;
    const seen = await extractBytes(pack(bomb));
    const text = textOf(seen);
    expect(text.length).toBeLessThanOrEqual(bomb.length);
    expect(text).not.toContain('root:');
    expect(seen.findings.map(({ detector }) => detector)).toEqual(['keyword.confidential']);
  });

  it('reads fifty megabytes on one line', async () => {
    const line = Buffer.alloc(50 * 1024 * 1024, 'x ');
    NUMBER.subarray(0, -1).copy(line, 40_000_000);
    const seen = await extractBytes(line);
    expect(seen).toMatchObject({ type: 'text', unreadable: [], persons: { from: 1, to: 1 } });
  });
});

describe('size without end', () => {
  /** Counts, so that what is measured is extraction alone. */
  async function count(source: ByteSource, limits: Partial<InspectionLimits> = {}) {
    let [rows, cells] = [0, 0];
    const extracted = await extractFile(source, {
      limits: { ...LIMITS, ...limits },
      now: () => performance.now(),
      emit: (segment) => {
        if (segment.kind !== 'row') return;
        rows++;
        cells += segment.cells.length;
      },
    });
    return { ...extracted, rows, cells };
  }

  it('a line of two gigabytes takes its time and little memory, and its beginning counts', async () => {
    const filling = Buffer.alloc(2 ** 20, 'a, ');
    const line = {
      size: 2 ** 31,
      read: (offset: number, length: number) => {
        const bytes = filling.subarray(0, Math.max(0, Math.min(length, 2 ** 31 - offset)));
        return offset === 0 ? Buffer.concat([NUMBER.subarray(0, -1), bytes.subarray(NUMBER.length - 1)]) : bytes;
      },
    };
    const before = process.memoryUsage().rss;
    const seen = await extractSource(line, { maxBytes: 2 ** 32, maxMillis: 1500 });
    expect(reasons(seen)).toEqual(['timed-out']);
    expect(seen.persons.to).toBe(1);
    // Far from the line's own size; how soon garbage is collected depends on the machine.
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
  });

  it('two million cells come as rows', async () => {
    const row = `<row>${'<c><v>1</v></c>'.repeat(1000)}</row>`;
    const workbook = zipBytes([
      { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
      { name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') },
      { name: 'xl/worksheets/sheet1.xml', data: Buffer.from(`<worksheet><sheetData>${row.repeat(2000)}</sheetData></worksheet>`) },
    ]);
    expect(await count(bufferSource(workbook), { maxRatio: 100_000 })).toMatchObject({
      type: 'xlsx',
      unreadable: [],
      rows: 2000,
      cells: 2_000_000,
    });
  });

  it('a row of columns without end is cut', async () => {
    const cells = '<c r="ZZZ1"><v>1</v></c>'.repeat(50_000);
    const workbook = zipBytes([
      { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
      { name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') },
      { name: 'xl/worksheets/sheet1.xml', data: Buffer.from(`<worksheet><sheetData><row>${cells}</row></sheetData></worksheet>`) },
    ]);
    expect((await count(bufferSource(workbook), { maxRatio: 100_000 })).cells).toBeLessThanOrEqual(16_385);
  });

  it.each([
    ['json', `${'['.repeat(500_000)}"個人番号 123456789018"${']'.repeat(500_000)}`],
    ['xml', `<?xml version="1.0"?>${'<a>'.repeat(300_000)}個人番号 123456789018${'</a>'.repeat(300_000)}`],
  ])('%s as deep as one likes is read', async (type, text) => {
    expect(await extractBytes(text)).toMatchObject({ type, unreadable: [], persons: { from: 1, to: 1 } });
  });

  it('a document as deep as one likes is read', async () => {
    const body = `${'<w:p><w:r>'.repeat(100_000)}<w:t>個人番号 123456789018</w:t>${'</w:r></w:p>'.repeat(100_000)}`;
    const document = zipBytes([
      { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
      { name: 'word/document.xml', data: Buffer.from(`<w:document>${body}</w:document>`) },
    ]);
    expect(await extractBytes(document, { maxRatio: 100_000 })).toMatchObject({
      type: 'docx',
      unreadable: [],
      persons: { from: 1, to: 1 },
    });
  });
});

describe('limits', () => {
  it('refuses what is too large by its size alone', async () => {
    let read = 0;
    const source = {
      size: 5 * 2 ** 30,
      read: (_: number, length: number) => {
        read += length;
        return new Uint8Array(length);
      },
    };
    expect(reasons(await extractSource(source))).toEqual(['too-large']);
    expect(read).toBeLessThanOrEqual(65_536);
  });

  it('stops in time and keeps what it found', async () => {
    const endless = {
      size: 2 ** 30,
      read: (offset: number, length: number) =>
        offset === 0 ? Buffer.concat([NUMBER, Buffer.alloc(length - NUMBER.length, 'x\n')]) : Buffer.alloc(length, 'y\n'),
    };
    const seen = await extractSource(endless, { maxMillis: 300 });
    expect(reasons(seen)).toEqual(['timed-out']);
    expect(seen.persons.to).toBe(1);
  });

  it.each(['meibo-gnu.tar', 'meibo.tar.bz2', 'meibo.rtf', 'meibo.doc', 'meibo.sqlite', 'meibo.mbox', 'meibo.pdf', 'remarks.odt'])(
    'no time is no time for %s',
    async (name) => {
      expect(reasons(await extractBytes(fixture(name), { maxMillis: 0 }))).toEqual(['timed-out']);
    },
  );

  it.each(['meibo.doc', 'meibo.xls', 'meibo.ppt', 'meibo.pdf'])('what does not fit in memory is not read: %s', async (name) => {
    expect(reasons(await extractBytes(fixture(name), { maxMemoryBytes: 2000 }))).toEqual(['too-large']);
  });

  it.each(['meibo.doc', 'meibo-gnu.tar', 'meibo.jar', 'meibo.tar.gz', 'meibo.mbox'])('entries are counted: %s', async (name) => {
    expect(reasons(await extractBytes(fixture(name), { maxEntries: 0 }))).toEqual(['too-many-entries']);
  });

  it('says when the medium fails', async () => {
    const failing = {
      size: 1_000_000,
      read: (offset: number, length: number) => {
        if (offset > 0) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
        return Buffer.alloc(length, 'a\n');
      },
    };
    expect(reasons(await extractSource(failing))).toEqual(['io-error']);
  });
});

describe('files that are two things', () => {
  const zip = zipBytes([{ name: 'list.txt', data: NUMBER }]);

  it.each([
    ['junk', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), 'zip'],
    ['a picture', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(3000, 7)]), 'png'],
    ['a program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(9000, 1)]), 'exe'],
    ['a text', Buffer.from('ただの文章です。\n'.repeat(5000)), 'text'],
  ])('a zip behind %s is read', async (_, before, type) => {
    const seen = await extractBytes(Buffer.concat([before, zip]));
    expect(seen).toMatchObject({ type, unreadable: [], persons: { from: 1, to: 1 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where).toContainEqual({ part: 'list.txt', line: 1 });
  });

  it('both a pdf and the zip behind it are read', async () => {
    const seen = await extractBytes(Buffer.concat([fixture('meibo.pdf'), zip]));
    expect(seen.type).toBe('pdf');
    expect(seen.persons).toEqual({ from: 21, to: 21 });
    expect(seen.segments.map(({ place }) => place.part)).toContain('list.txt');
  });

  it('a member with another checksum is read, and is corrupt', async () => {
    const bytes = Buffer.from(zip);
    bytes.writeUInt32LE(1, bytes.indexOf('PK\x01\x02') + 16);
    const seen = await extractBytes(bytes);
    expect(seen.unreadable).toEqual([{ reason: 'corrupt', where: { part: 'list.txt' } }]);
    expect(seen.findings).toMatchObject([{ detector: 'jp.my-number' }]);
  });

  it('a zip that begins with a member its directory leaves out is corrupt', async () => {
    const nothing = zipBytes([]);
    const other = zipBytes([{ name: 'other.txt', data: Buffer.from('harmless') }]);
    for (const behind of [nothing, other]) expect(reasons(await extractBytes(Buffer.concat([zip, behind])))).toEqual(['corrupt']);
    expect(reasons(await extractBytes(nothing))).toEqual([]);
  });

  it('a mark of an end alone makes no zip', async () => {
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    expect(await extractBytes(Buffer.concat([Buffer.from('文章\n'.repeat(50)), end]))).toMatchObject({ persons: { from: 0, to: 0 } });
  });

  it('a file of more than one encoding gives what each part holds', async () => {
    const lines = [
      Buffer.from('個人番号 123456789018\n'.repeat(3)),
      encodeJapanese('社外秘の資料\n', 'shift_jis'),
      Buffer.from('a@kaisha.co.jp\n'),
    ];
    expect((await extractBytes(Buffer.concat(lines))).findings.map(({ detector }) => detector)).toEqual(
      expect.arrayContaining(['jp.my-number', 'email']),
    );
  });

  it('zero bytes hide nothing', async () => {
    const seen = await extractBytes(Buffer.concat([Buffer.alloc(3000), Buffer.from('\nemail: a@kaisha.co.jp\n'), Buffer.alloc(3000)]));
    expect(seen.findings.map(({ detector }) => detector)).toContain('email');
  });
});

describe('damage', () => {
  it.each([
    ['a zip cut off', fixture('meibo.xlsx').subarray(0, 3000)],
    ['a zip with its directory gone', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000, 1)])],
    ['a gzip cut off', gzipSync(Buffer.from(Array.from({ length: 9999 }, (_, index) => (index * 7919) % 251))).subarray(0, -20)],
    [
      'a pdf whose pages are their own parents',
      pdfOfObjects(['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>']),
    ],
    ['a pdf of nothing', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
  ])('%s is corrupt', async (_, bytes) => expect(reasons(await extractBytes(bytes))).toEqual(['corrupt']));

  it('of any kind never throws', async () => {
    for (const name of ['meibo.xlsx', 'meibo.docx', 'nested-shift-jis.zip', 'mail-iso-2022-jp.eml', 'password.xlsx']) {
      const bytes = fixture(name);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 }),
          fc.nat(bytes.length),
          async (changes, length) => {
            const broken = Buffer.from(bytes.subarray(0, length));
            for (const [at, value] of changes) if (at < broken.length) broken[at] = value;
            const seen = await extractBytes(broken, { maxMillis: 5000 });
            expect(typeof seen.type).toBe('string');
          },
        ),
        { numRuns: 40 },
      );
    }
  });
});

describe('names of members', () => {
  it.each([
    ['Shift_JIS', encodeJapanese('社員名簿.txt', 'shift_jis'), 0, '社員名簿.txt'],
    ['UTF-8 by flag', Buffer.from('社員名簿.txt'), 0x800, '社員名簿.txt'],
    ['climbing', '../../etc/passwd', 0, '../../etc/passwd'],
    ['a turned extension', Buffer.from('a\u202etxt.exe'), 0x800, 'a\\u{202E}txt.exe'],
    ['a line end', 'a\nb', 0, 'a\\u{000A}b'],
    ['bytes of no encoding', Buffer.from([0x61, 0xff, 0x62]), 0x800, 'a\\xFFb'],
  ])('%s', async (_, name, flags, shown) => {
    const seen = await extractBytes(zipBytes([{ name, data: NUMBER, flags }]));
    expect(seen.findings[0]?.where[0]?.part).toBe(shown);
  });
});
