import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { people } from '../fixtures/people.ts';
import { extractBytes, fixture, reasons, segmentText, textOf, type Seen } from './extract-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

const twenty = { from: 20, to: 20 };
const CSV = '名簿/社員名簿.csv';

describe('archives of real programs', () => {
  it.each([
    ['meibo-gnu.tar', 'tar', CSV],
    ['meibo-pax.tar', 'tar', CSV],
    ['meibo-v7.tar', 'tar', CSV],
    ['meibo.tar.gz', 'gzip', `content/${CSV}`],
    ['meibo.tar.bz2', 'bzip2', `content/${CSV}`],
    ['meibo.tar.zst', 'zstd', `content/${CSV}`],
    ['meibo.jar', 'jar', CSV],
    ['meibo.deb', 'ar', 'data.tar.xz/content/./usr/share/meibo/list.csv'],
    ['meibo.a', 'ar', 'list-of-all-employees.csv'],
  ])('%s is %s and tells the member', async (name, type, part) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type, unreadable: [], persons: twenty });
    expect(seen.findings[0]).toMatchObject({ detector: 'jp.my-number', distinct: 20, where: expect.arrayContaining([{ part, line: 2 }]) });
    for (const person of people(20)) expect(textOf(seen)).toContain(person.myNumber);
  });

  it.each(['meibo-gnu.tar', 'meibo-pax.tar'])('%s gives a name beyond a hundred bytes', async (name) => {
    const seen = await extractBytes(fixture(name));
    expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]?.part).toBe(
      `名簿/${'とても長い名前'.repeat(11)}.txt`,
    );
  });

  it.each(['meibo.tar.xz', 'meibo.7z'])('%s is opened', async (name) => {
    expect(await extractBytes(fixture(name))).toMatchObject({ unreadable: [], persons: twenty });
  });

  /** The first bytes as the formats' own descriptions give them. */
  const bytes = (latin1: string) => Buffer.from(latin1, 'latin1');
  it.each([
    ['cab', bytes('MSCF\0\0\0\0')],
    ['arj', bytes('\x60\xea\x2b\0\x22\x0b\x01\x02\0\0\x02')],
    ['ace', bytes('abcdefg**ACE**\x14')],
    ['lz4', bytes('\x04\x22\x4d\x18\x64')],
    ['lzip', bytes('LZIP\x01\x0c')],
    ['lzma', bytes(`\x5d\0\0\x80\0${'\xff'.repeat(8)}\0`)],
    ['compress', bytes('\x1f\x9d\x90\x61')],
    ['wim', bytes('MSWIM\0\0\0')],
    ['squashfs', bytes('hsqs\x02\0\0\0')],
    ['onenote', Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex')],
    ['chm', bytes('ITSF\x03\0\0\0')],
    ['mobi', bytes(`${'x'.repeat(60)}BOOKMOBI`)],
    ['djvu', bytes('AT&TFORM\0\0\0\0')],
    ['utf-32', bytes('\xff\xfe\0\0a\0\0\0')],
    ['iso', Buffer.concat([Buffer.alloc(32_769), Buffer.from('CD001\x01')])],
    ['access', bytes('\0\x01\0\0Standard ACE DB\0')],
    ['pst', bytes('!BDN\0\0\0\0')],
    ['parquet', bytes('PAR1\x15\x04\x15')],
    ['avro', bytes('Obj\x01\x04')],
    ['orc', bytes('ORC\x0a\x03\0\0')],
    ['arrow', bytes('ARROW1\0\0')],
    ['hdf5', bytes('\x89HDF\r\n\x1a\n')],
    ['cpio', bytes(`070701${'0'.repeat(104)}`)],
    ['ar', bytes('!<arch>\ndebian-binary')],
    ['dwg', bytes('AC1032\0\0')],
    ['vhd', bytes('conectix\0')],
    ['vhdx', bytes('vhdxfile')],
    ['vmdk', bytes('KDMV\x01\0\0\0')],
    ['qcow', bytes('QFI\xfb\0\0\0\x03')],
  ])('%s is named and unsupported, with its place', async (type, head) => {
    expect(await extractBytes(head)).toMatchObject({ type, unreadable: [{ reason: 'unsupported' }] });
    const packed = await extractBytes(zipBytes([{ name: `a.${type}`, data: head }]));
    expect(packed.unreadable).toEqual([{ reason: 'unsupported', where: { part: `a.${type}` } }]);
  });

  it.each([
    ['pgp', bytes('-----BEGIN PGP MESSAGE-----\n\nhQEMA')],
    ['pgp', bytes('\x85\x01\x0c\x03abcdefgh\x01\x07')],
    ['pgp', bytes('\x8c\x0d\x04\x09\x03\x02')],
    ['pkcs7', bytes('\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0')],
    ['luks', bytes('LUKS\xba\xbe\0\x02')],
    ['kdbx', bytes('\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5')],
  ])('%s is named and encrypted', async (type, head) => {
    expect(await extractBytes(head)).toMatchObject({ type, unreadable: [{ reason: 'encrypted' }] });
  });

  it('finds what stands unpacked in a container that is not opened', async () => {
    const image = Buffer.concat([Buffer.alloc(32_769), Buffer.from(`CD001\x01${'\0'.repeat(100)}個人番号 123456789018`)]);
    expect(await extractBytes(image)).toMatchObject({ unreadable: [{ reason: 'unsupported' }], findings: [{ detector: 'jp.my-number' }] });
  });

  it.each(['ORC report\n', 'PAR1 list\n', 'PARENT,CHILD\n', 'AC1032,3\n', '07070212345\n07070712345\n', 'COWD list\n'])(
    '%j is text, though it begins like a container',
    async (text) => expect(await extractBytes(text)).toMatchObject({ unreadable: [] }),
  );
});

describe('ar', () => {
  const header = (name: string, size: number) => `${name.padEnd(16)}${'0'.padEnd(32)}${String(size).padEnd(10)}\`\n`;
  const member = (name: string, data: string) => `${header(name, data.length)}${data}${data.length % 2 === 1 ? '\n' : ''}`;
  const DATA = 'My Number 123456789018';

  it.each([
    ['GNU', member('list.txt/', DATA), 'list.txt'],
    ['Debian and old BSD', member('list.txt', DATA), 'list.txt'],
    ['BSD, in the data', member('#1/20', `${'a list of all.txt'.padEnd(20, '\0')}${DATA}`), 'a list of all.txt'],
    ['GNU, in the table', member('//', 'x.txt/\na list of all.txt/\n') + member('/7', DATA), 'a list of all.txt'],
    ['Windows, in the table', member('//', 'x.txt\0a list of all.txt\0') + member('/6', DATA), 'a list of all.txt'],
    ['no table', member('/6', DATA), '/6'],
    ['behind a member of odd length', member('a', 'a') + member('b', DATA), 'b'],
  ])('names of %s', async (_, members, part) => {
    const seen = await extractBytes(`!<arch>\n${members}`);
    expect(seen).toMatchObject({ type: 'ar', unreadable: [], persons: { from: 1, to: 1 } });
    expect(seen.findings[0]?.where).toEqual([{ part, line: 1 }]);
  });

  it('leaves nothing out: tables of symbols and of names are read, too', async () => {
    for (const name of ['/', '//', '/SYM64/', '__.SYMDEF']) {
      expect((await extractBytes(`!<arch>\n${member(name, DATA)}`)).persons).toEqual({ from: 1, to: 1 });
    }
  });

  it.each([
    ['cut off in a member', `${member('a', DATA)}${member('b', DATA).slice(0, -5)}`],
    ['cut off in a header', `${member('a', DATA)}${header('b', 5).slice(0, 30)}`],
    ['no header', `${member('a', DATA)}${'x'.repeat(80)}`],
    ['a name longer than its data', `${member('a', DATA)}${member('#1/20', 'short')}`],
  ])('%s is corrupt, and what was read counts', async (_, members) => {
    const seen = await extractBytes(`!<arch>\n${members}`);
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(seen.persons.to).toBe(1);
  });

  it('with a damaged first header is unsupported, and looked through for strings', async () => {
    const seen = await extractBytes(`!<arch>\n${member('a', DATA).replace('`', '-')}`);
    expect(seen).toMatchObject({ type: 'ar', unreadable: [{ reason: 'unsupported' }], persons: { from: 1, to: 1 } });
  });

  it('counts its members', async () => {
    expect(reasons(await extractBytes(fixture('meibo.a'), { maxEntries: 1 }))).toEqual(['too-many-entries']);
  });

  it('with a zip behind it gives both', async () => {
    const zip = zipBytes([{ name: 'list.txt', data: Buffer.from(DATA) }]);
    const seen = await extractBytes(Buffer.concat([Buffer.from(`!<arch>\n${member('a', 'nothing')}`), zip]));
    expect(seen.persons).toEqual({ from: 1, to: 1 });
  });
});

describe('tar', () => {
  it('that ends within a member is corrupt, and what was read counts', async () => {
    const seen = await extractBytes(fixture('meibo-v7.tar').subarray(0, 1500));
    expect(seen.unreadable).toEqual([{ reason: 'corrupt', where: { part: CSV } }]);
    expect(seen.persons.from).toBeGreaterThan(5);
  });

  it('with a damaged header is corrupt from there on', async () => {
    const bytes = Buffer.from(fixture('meibo-gnu.tar'));
    const second = bytes.indexOf('././@LongLink');
    bytes.writeUInt8(0x78, second);
    const seen = await extractBytes(bytes);
    expect(seen).toMatchObject({ unreadable: [{ reason: 'corrupt' }], persons: twenty });
  });

  it('counts its entries', async () => {
    expect(reasons(await extractBytes(fixture('meibo-gnu.tar'), { maxEntries: 1 }))).toEqual(['too-many-entries']);
  });
});

const bzip2 = existsSync('/usr/bin/bzip2') || existsSync('/bin/bzip2');
if (!bzip2) console.log('bzip2 is not installed: its decoder is tested on the sample only');

/** Segments may be cut anywhere; together they are the text. */
const wholeText = ({ segments }: Seen): string => segments.map((segment) => (segment.kind === 'row' ? '' : segmentText(segment))).join('');

describe('bzip2', () => {
  const compress = (bytes: Uint8Array, level: string) => execFileSync('bzip2', [level, '-c'], { input: bytes, maxBuffer: 2 ** 28 });
  const noise = Buffer.from(Array.from({ length: 250_000 }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 24));
  const marker = '\nマイナンバー 123456789018\n';

  it.skipIf(!bzip2).each([
    ['a few bytes', Buffer.from(marker)],
    ['one byte, many times', Buffer.concat([Buffer.alloc(900_000, 'a'), Buffer.from(marker)])],
    [
      'runs of every length',
      Buffer.concat([...Array.from({ length: 600 }, (_, length) => Buffer.alloc(length, 0x61 + (length % 2))), Buffer.from(marker)]),
    ],
    ['more blocks than one', Buffer.concat([Buffer.from(noise.toString('base64')), Buffer.from(marker)])],
  ])('expands %s, at every level', async (_, bytes) => {
    for (const level of ['-1', '-9']) {
      const seen = await extractBytes(compress(bytes, level));
      expect(seen).toMatchObject({ type: 'bzip2', unreadable: [], persons: { from: 1, to: 1 } });
      expect(wholeText(seen) === bytes.toString()).toBe(true);
    }
  });

  it.skipIf(!bzip2)('reads streams one after another, and none', async () => {
    const seen = await extractBytes(Buffer.concat([compress(Buffer.from('一つ目\n'), '-9'), compress(Buffer.from(marker), '-1')]));
    expect(wholeText(seen)).toBe(`一つ目\n${marker}`);
    expect(await extractBytes(compress(Buffer.alloc(0), '-9'))).toMatchObject({ type: 'bzip2', unreadable: [] });
  });

  it('knows damage by the checksum', async () => {
    const bytes = Buffer.from(fixture('meibo.tar.bz2'));
    bytes.writeUInt8(bytes.readUInt8(12) ^ 1, 12);
    expect(reasons(await extractBytes(bytes))).toContain('corrupt');
  });

  it.skipIf(!bzip2)('counts against the ratio', async () => {
    expect(reasons(await extractBytes(compress(Buffer.alloc(30_000_000), '-9')))).toEqual(['ratio-exceeded']);
  });
});
