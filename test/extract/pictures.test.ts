import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { pictureSize } from '../../src/extract/picture-size.ts';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

const installed = ((): boolean => {
  const require = createRequire(import.meta.url);
  try {
    return ['tesseract.js', '@tesseract.js-data/jpn/package.json', '@tesseract.js-data/eng/package.json'].every((name) =>
      require.resolve(name),
    );
  } catch {
    return false;
  }
})();
if (!installed) {
  console.log(
    'tesseract.js is not installed: text in pictures is not tested. ' +
      'npm i --prefix /tmp/ocr tesseract.js@7.0.0 @tesseract.js-data/jpn@1.0.0 @tesseract.js-data/eng@1.0.0 and NODE_PATH=/tmp/ocr/node_modules',
  );
}

describe('the size of a picture', () => {
  it.each([
    ['png', 'scan.png'],
    ['jpeg', 'scan.jpg'],
    ['tiff', 'scan.tif'],
  ])('is in the header of %s', (type, name) => expect(pictureSize(type, fixture(name))).toEqual({ width: 1240, height: 1754 }));

  it.each(['png', 'jpeg', 'tiff', 'gif', 'bmp', 'webp'])('is not told by a header of %s that ends too early', (type) => {
    for (let length = 0; length < 10; length++) expect(pictureSize(type, fixture('scan.png').subarray(0, length))).toBeUndefined();
  });
});

describe('pictures', () => {
  it('are named and let be, unless policy says so', async () => {
    expect(await extractBytes(fixture('scan.png'))).toMatchObject({ type: 'png', unreadable: [], findings: [] });
    expect(textOf(await extractBytes(fixture('scan.docx')))).not.toContain('社外秘');
  });

  it.skipIf(installed)('are unsupported where policy says so and the recognizer is not installed', async () => {
    expect((await extractBytes(fixture('scan.png'), { ocr: true })).unreadable).toEqual([{ reason: 'unsupported' }]);
    expect(reasons(await extractBytes(fixture('scan.pdf'), { ocr: true }))).toEqual(['unsupported']);
  });

  it('of kinds that are not decoded are unsupported where policy says so', async () => {
    expect(reasons(await extractBytes(fixture('scan-fax.pdf'), { ocr: true }))).toEqual(['unsupported']);
    expect(reasons(await extractBytes(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'), { ocr: true }))).toEqual(['unsupported']);
  });

  it('of more dots than memory are too large, by their header', async () => {
    const huge = Buffer.from(fixture('scan.png'));
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    expect(reasons(await extractBytes(huge, { ocr: true }))).toEqual(['too-large']);
    expect(reasons(await extractBytes(fixture('scan.png'), { ocr: true, maxMemoryBytes: 1_000_000 }))).toEqual(['too-large']);
  });
});

describe.skipIf(!installed)('text in pictures (needs tesseract.js)', () => {
  it.each([
    ['scan.png', 'png', {}],
    ['scan.jpg', 'jpeg', {}],
    ['scan.tif', 'tiff', {}],
    ['scan.pdf', 'pdf', { page: 1 }],
    ['scan.docx', 'docx', { part: 'word/media/image1.png' }],
  ])(
    'is found in %s',
    async (name, type, where) => {
      const seen = await extractBytes(fixture(name), { ocr: true });
      expect(seen).toMatchObject({ type, unreadable: [] });
      expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toMatchObject(where);
      expect(seen.findings.find(({ detector }) => detector === 'credit-card')?.where[0]).toMatchObject(where);
      expect(textOf(seen)).toContain('【社外秘】');
    },
    60_000,
  );

  it('is found in a picture in an archive, after one that is damaged', async () => {
    const damaged = Buffer.from(fixture('scan.png')).fill(0x55, 200, 4000);
    const bytes = zipBytes([
      { name: 'damaged.png', data: damaged },
      { name: 'scan.png', data: fixture('scan.png') },
    ]);
    const seen = await extractBytes(bytes, { ocr: true });
    expect(seen.unreadable).toEqual([{ reason: 'corrupt', where: { part: 'damaged.png' } }]);
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]?.part).toBe('scan.png');
  }, 60_000);

  it('takes no longer than it may', async () => {
    expect(reasons(await extractBytes(fixture('scan.png'), { ocr: true, maxMillis: 50 }))).toEqual(['timed-out']);
  }, 60_000);
});
