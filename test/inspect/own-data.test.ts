import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { OwnData } from '../../src/contracts/effect.ts';
import { EdmBuilder } from '../../src/core/detect/own-data/index.ts';
import { NO_OWN_DATA } from '../../src/core/policy/own-data.ts';
import type { Inspector } from '../../src/core/ports.ts';
import { createInspector } from '../../src/inspect/index.ts';
import { LIMITS } from '../extract/extract-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-indexes-'));
const KEY = '000102030405060708090a0b0c0d0e0f';
const opened: Inspector[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((inspector) => inspector.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function indexOf(rows: readonly (readonly string[])[]): { bytes: Buffer; sha256: string } {
  const builder = new EdmBuilder(
    Uint8Array.from({ length: 16 }, (_, at) => at),
    [{ name: 'id', kind: 'number' }, { name: 'name' }],
  );
  for (const row of rows) builder.add(row);
  const bytes = Buffer.concat(builder.finish().parts);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const ownData = (sha256: string, file = 'x.edm'): OwnData => ({
  ...NO_OWN_DATA,
  keywords: [{ id: 'tsuru', words: ['鶴計画'] }],
  indexes: [{ id: 'customers', kind: 'exact-data', file, sha256, key: KEY, columns: 1, near: 200 }],
});

const text = join(folder, 'letter.txt');
writeFileSync(text, '12345678 山田太郎\n鶴計画\n');

function looking(): (own: OwnData) => Promise<{ found: string[]; unreadable: object[] }> {
  const one = createInspector({ workers: 1, indexPath: ({ file }) => join(folder, file) });
  opened.push(one);
  return async (own) => {
    const { findings, unreadable } = await one.inspect({ path: Buffer.from(text), name: 'letter.txt', limits: LIMITS, ownData: own });
    return { found: findings.map(({ detector }) => detector).filter((id) => id.startsWith('custom.')), unreadable };
  };
}

const MISSING = [{ reason: 'index-missing', where: { part: 'own-data customers' } }];
const { bytes, sha256 } = indexOf([['12345678', '山田 太郎']]);

describe('indexes of own data', () => {
  it('are read once and compared with every file', async () => {
    writeFileSync(join(folder, 'once.edm'), bytes);
    const look = looking();
    const own = ownData(sha256, 'once.edm');
    expect(await look(own)).toEqual({ found: ['custom.tsuru', 'custom.customers'], unreadable: [] });
    // What was checked is in memory: a file exchanged later changes nothing.
    writeFileSync(join(folder, 'once.edm'), 'another');
    expect(await look(own)).toMatchObject({ found: ['custom.tsuru', 'custom.customers'] });
  });

  it('that are missing are said with each file; everything else goes on', async () => {
    expect(await looking()(ownData(sha256, 'none.edm'))).toEqual({ found: ['custom.tsuru'], unreadable: MISSING });
    const own = ownData(sha256, 'once.edm');
    const alone = createInspector({ workers: 1 });
    opened.push(alone);
    const seen = await alone.inspect({ path: Buffer.from(text), name: 'x', limits: LIMITS, ownData: own });
    expect(seen.unreadable).toEqual(MISSING);
  });

  it('that are changed, cut, or made with another key are missing', async () => {
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    writeFileSync(join(folder, 'changed.edm'), changed);
    expect(await looking()(ownData(sha256, 'changed.edm'))).toMatchObject({ unreadable: MISSING });
    const cut = bytes.subarray(0, -4);
    writeFileSync(join(folder, 'cut.edm'), cut);
    expect(await looking()(ownData(createHash('sha256').update(cut).digest('hex'), 'cut.edm'))).toMatchObject({ unreadable: MISSING });
    writeFileSync(join(folder, 'good.edm'), bytes);
    const own = ownData(sha256, 'good.edm');
    const other: OwnData = { ...own, indexes: own.indexes.map((index) => ({ ...index, key: 'f'.repeat(32) })) };
    expect(await looking()(other)).toMatchObject({ unreadable: MISSING });
  });

  it('are found once they are there', async () => {
    const look = looking();
    const own = ownData(sha256, 'late.edm');
    expect(await look(own)).toMatchObject({ unreadable: MISSING });
    writeFileSync(join(folder, 'late.edm'), bytes);
    const later = performance.now() + 10_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    expect(await look(own)).toEqual({ found: ['custom.tsuru', 'custom.customers'], unreadable: [] });
  });

  it('change with the policy', async () => {
    writeFileSync(join(folder, 'one.edm'), bytes);
    const other = indexOf([['87654321', '田中']]);
    writeFileSync(join(folder, 'two.edm'), other.bytes);
    const look = looking();
    expect((await look(ownData(sha256, 'one.edm'))).found).toContain('custom.customers');
    expect((await look(ownData(other.sha256, 'two.edm'))).found).toEqual(['custom.tsuru']);
    expect((await look(ownData(sha256, 'one.edm'))).found).toContain('custom.customers');
  });
});
