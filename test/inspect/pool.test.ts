import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InspectionLimits } from '../../src/contracts/finding.ts';
import { inspection } from '../../src/contracts/finding.ts';
import { NO_OWN_DATA } from '../../src/core/policy/own-data.ts';
import type { Inspector } from '../../src/core/ports.ts';
import { createInspector } from '../../src/inspect/index.ts';
import { LIMITS } from '../extract/extract-bytes.ts';
import { zipBytes } from '../extract/zip-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-inspect-'));
const inspectors: Inspector[] = [];

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(inspectors.splice(0).map((inspector) => inspector.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(workers?: number): Inspector {
  const inspector = createInspector(workers === undefined ? {} : { workers });
  inspectors.push(inspector);
  return inspector;
}

function put(name: string | Buffer, bytes: string | Uint8Array): Buffer {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  writeFileSync(path, bytes);
  return path;
}

function look(inspector: Inspector, path: Uint8Array, limits: Partial<InspectionLimits> = {}) {
  return inspector.inspect({
    path,
    name: 'shown',
    limits: { ...LIMITS, ...limits },
    ownData: { ...NO_OWN_DATA, keywords: [{ id: 'tsuru', words: ['鶴計画'], 'whole-words': false }] },
  });
}

const NUMBER = 'マイナンバー 123456789018 鶴計画\n';
/** Work for seconds: valid text that every detector has to look at. */
const SLOW = '東京都千代田区1-1 090-1234-5678 taro@kaisha.co.jp 4539-1488-0343-6467\n'.repeat(600_000);

describe('the pool', () => {
  it("finds what is in a file, with the policy's own words", async () => {
    const seen = await look(start(1), put('a.txt', NUMBER));
    expect(inspection.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({ type: 'text', bytes: Buffer.byteLength(NUMBER), persons: { from: 1, to: 1 }, unreadable: [] });
    expect(seen.findings.map(({ detector }) => detector).toSorted()).toEqual(['custom.tsuru', 'jp.my-number']);
  });

  it('answers two hundred at once, each with its own', async () => {
    const inspector = start(2);
    const files = Array.from({ length: 200 }, (_, index) => put(`many-${index}.txt`, `${'x'.repeat(index)} taro${index}@kaisha.co.jp`));
    const seen = await Promise.all(files.map((path) => look(inspector, path)));
    expect(seen.map(({ bytes }) => bytes)).toEqual(files.map((_, index) => index + 1 + `taro${index}@kaisha.co.jp`.length));
    expect(seen.every(({ findings }) => findings[0]?.detector === 'email')).toBe(true);
  });

  it('gives up in time, keeps what was found, and goes on with the next file', async () => {
    const inspector = start(1);
    const slow = put('slow.txt', NUMBER + SLOW);
    const [late, next] = await Promise.all([look(inspector, slow, { maxMillis: 200 }), look(inspector, put('next.txt', NUMBER))]);
    expect(late.unreadable).toEqual([{ reason: 'timed-out' }]);
    expect(next.unreadable).toEqual([]);
    expect(next.persons.to).toBe(1);
  });

  it('ends a worker that does not stop by itself', async () => {
    const inspector = start(1);
    // Opening a large pdf is one call into its parser, which looks at no clock.
    const objects = Array.from({ length: 400_000 }, (_, index) => `${index + 1} 0 obj\n<</Type/Page/Parent 1 0 R>>\nendobj\n`).join('');
    const stuck = put('stuck.pdf', `%PDF-1.7\n${objects}trailer\n<</Root 1 0 R>>\n`);
    const seen = await look(inspector, stuck, { maxMillis: 1 });
    expect(seen.unreadable).toEqual([{ reason: 'timed-out' }]);
    expect((await look(inspector, put('after.txt', NUMBER))).persons.to).toBe(1);
  });

  it('lets small files by while a large one is looked at', async () => {
    const inspector = start(1);
    const order: string[] = [];
    const large = look(inspector, put('large.txt', NUMBER + SLOW)).then(() => order.push('large'));
    const small = Array.from({ length: 3 }, (_, index) => look(inspector, put(`small-${index}.txt`, NUMBER)));
    expect((await Promise.all(small)).map(({ persons }) => persons.to)).toEqual([1, 1, 1]);
    order.push('small');
    await large;
    expect(order).toEqual(['small', 'large']);
  });

  it('goes on with the others while one worker dies', async () => {
    const inspector = start(2);
    const string = `<si><t>${'x'.repeat(20_000)}</t></si>`;
    const workbook = zipBytes([
      { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
      { name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') },
      { name: 'xl/sharedStrings.xml', data: Buffer.from(`<sst>${string.repeat(20_000)}</sst>`) },
    ]);
    const limits = { maxMemoryBytes: 64 * 1024 * 1024, maxRatio: 100_000 };
    const [hungry, ...others] = await Promise.all([
      look(inspector, put('hungry-beside.xlsx', workbook), limits),
      ...Array.from({ length: 6 }, (_, index) => look(inspector, put(`beside-${index}.txt`, NUMBER), limits)),
    ]);
    expect(hungry.unreadable).toEqual([{ reason: 'worker-died' }]);
    expect(others.map(({ persons }) => persons.to)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('survives a worker that runs out of memory', async () => {
    const inspector = start(1);
    // The strings of a workbook are held together until its sheets are read.
    const string = `<si><t>${'x'.repeat(20_000)}</t></si>`;
    const strings = Buffer.from(`<?xml version="1.0"?><sst>${string.repeat(10_000)}</sst>`);
    const workbook = zipBytes([
      { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
      { name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') },
      { name: 'xl/sharedStrings.xml', data: strings },
    ]);
    const seen = await look(inspector, put('hungry.xlsx', workbook), { maxMemoryBytes: 64 * 1024 * 1024, maxRatio: 100_000 });
    expect(seen.unreadable).toEqual([{ reason: 'worker-died' }]);
    expect((await look(inspector, put('after.txt', NUMBER), { maxMemoryBytes: 64 * 1024 * 1024 })).persons.to).toBe(1);
  });

  it('survives a worker whose buffers, outside its heap, run over the limit', async () => {
    const inspector = start(1);
    const bomb = deflateSync(deflateSync(Buffer.alloc(400_000_000), { level: 9 }), { level: 9 });
    expect(bomb.length).toBeLessThan(10_000);
    const path = put('bomb.pdf', pdfWithPage(bomb, '[/FlateDecode/FlateDecode]'));
    const seen = await look(inspector, path, { maxMemoryBytes: 96 * 1024 * 1024 });
    expect(seen.unreadable).toEqual([{ reason: 'worker-died' }]);
    expect((await look(inspector, put('after-bomb.txt', NUMBER))).persons.to).toBe(1);
  });

  it('settles everything when it is closed, and whatever comes after', async () => {
    const inspector = start(1);
    const waiting = [put('slow.txt', SLOW), put('b.txt', NUMBER)].map((path) => look(inspector, path));
    await inspector.close();
    expect((await Promise.all(waiting)).map(({ unreadable }) => unreadable[0]?.reason)).toEqual(['worker-died', 'worker-died']);
    expect((await look(inspector, put('c.txt', NUMBER))).unreadable).toEqual([{ reason: 'worker-died' }]);
  });

  it('does not keep a process alive while idle', () => {
    const script = `
      import { createInspector } from ${JSON.stringify(join(import.meta.dirname, '../../src/inspect/index.ts'))};
      const seen = await createInspector({ workers: 1 }).inspect({ path: Buffer.from(${JSON.stringify(put('idle.txt', NUMBER).toString())}), name: 'x', ownData: { keywords: [], patterns: [], indexes: [] }, limits: ${JSON.stringify(LIMITS)} });
      console.log(seen.persons.to);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 25_000 });
    expect({ status: run.status, out: run.stdout.trim() }).toEqual({ status: 0, out: '1' });
  });
});

describe('paths', () => {
  it('takes names of any bytes', async () => {
    const inspector = start(1);
    const names = [Buffer.from([0x6e, 0xff, 0xfe]), Buffer.from('a\nb'), Buffer.from('\u202etxt.exe'), Buffer.alloc(255, 'n')];
    for (const name of names) expect((await look(inspector, put(name, NUMBER))).persons.to).toBe(1);
  });

  it('follows no link, waits at no pipe, opens no folder', async () => {
    const inspector = start(1);
    symlinkSync('/etc/passwd', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['link', 'pipe', '.', 'absent']) {
      expect((await look(inspector, Buffer.from(join(folder, name)))).unreadable).toEqual([{ reason: 'io-error' }]);
    }
  });

  it('is quick with five gibibytes of nothing', async () => {
    const path = put('sparse.bin', 'a');
    truncateSync(path, 5 * 2 ** 30);
    const seen = await look(start(1), path);
    expect(seen).toMatchObject({ bytes: 5 * 2 ** 30, unreadable: [{ reason: 'too-large' }] });
    truncateSync(path, 0);
    expect(await look(start(1), path)).toMatchObject({ type: 'empty', unreadable: [], findings: [] });
  });
});

/** A PDF of one page with this content stream. */
function pdfWithPage(content: Uint8Array, filter: string): Buffer {
  const objects = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from('<</Type/Pages/Kids[3 0 R]/Count 1>>'),
    Buffer.from('<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>'),
    Buffer.concat([Buffer.from(`<</Length ${content.length}/Filter${filter}>>stream\n`), content, Buffer.from('\nendstream')]),
  ];
  const parts = objects.map((object, index) => Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]));
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...parts, Buffer.from('trailer<</Root 1 0 R/Size 5>>\n%%EOF\n')]);
}
