import { appendFileSync, copyFileSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Inspection } from '../../../src/contracts/finding.ts';
import { NO_OWN_DATA } from '../../../src/core/policy/own-data.ts';
import type { FileStamp, InspectionRequest, Inspector } from '../../../src/core/ports.ts';
import type { InspectionTerms } from '../../../src/cli/scan/context.ts';
import { InspectOnce } from '../../../src/cli/scan/inspect-once.ts';
import { ScanState } from '../../../src/cli/scan/state.ts';
import { walkFiles, type WalkedFile } from '../../../src/cli/walk-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const base = temporaryFolder();
const TERMS: InspectionTerms = {
  limits: { maxBytes: 1, maxMillis: 1, maxDepth: 1, maxEntries: 1, maxRatio: 1, maxExpandedBytes: 1, maxMemoryBytes: 1 },
  ownData: NO_OWN_DATA,
};
const CLEAN: Inspection = { type: 'text', bytes: 1, findings: [], persons: { from: 0, to: 0 }, labels: [], unreadable: [], millis: 1 };
/** Long after the files of these tests were made: they are at rest. */
const LATER = { now: () => Date.now() + 3_600_000 };

const states: ScanState[] = [];
afterEach(() => {
  for (const state of states.splice(0)) state.close();
});

/** Counts what is asked of it, and answers as told. */
class CountingInspector implements Inspector {
  readonly names: string[] = [];
  answer: (request: InspectionRequest & { readonly stamp?: FileStamp }) => Inspection | null | Promise<Inspection | null> = () => CLEAN;

  inspect(request: InspectionRequest & { readonly stamp: FileStamp }): Promise<Inspection | null>;
  inspect(request: InspectionRequest): Promise<Inspection>;
  async inspect(request: InspectionRequest & { readonly stamp?: FileStamp }): Promise<Inspection | null> {
    this.names.push(request.name);
    return await this.answer(request);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function setUp({ path = null as string | null, engine = 1, clock = LATER } = {}) {
  const inspector = new CountingInspector();
  const opened = ScanState.open(path, Buffer.alloc(32, engine), clock.now());
  if (!opened.ok) throw new Error(opened.error.message);
  states.push(opened.value);
  return { inspector, state: opened.value, once: new InspectOnce({ inspector, state: opened.value, terms: TERMS, clock }) };
}

async function filesOf(folder: string): Promise<WalkedFile[]> {
  const files: WalkedFile[] = [];
  for await (const found of walkFiles({ path: Buffer.from(folder), typed: 'x' })) if (found.kind === 'file') files.push(found);
  return files;
}

/** One scan: the names that were looked into, and those whose result was known. */
async function scan(once: InspectOnce, folder: string) {
  const results = await Promise.all((await filesOf(folder)).map(async (file) => [file.shown, await once.inspect(file)] as const));
  return results.map(([name, result]) => `${name} ${result.ok ? (result.value.reused ? 'known' : 'read') : result.error.code}`);
}

function newFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(base, 'f-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('InspectOnce', () => {
  it('looks into no file that is as it was, and into each that is not', async () => {
    const folder = newFolder({ a: '1', b: '2', c: '3' });
    const path = join(base, 'unchanged.db');
    const first = setUp({ path });
    expect(await scan(first.once, folder)).toEqual(['x/a read', 'x/b read', 'x/c read']);
    first.state.close();
    states.pop();
    appendFileSync(join(folder, 'b'), '.');
    const second = setUp({ path });
    expect(await scan(second.once, folder)).toEqual(['x/a known', 'x/b read', 'x/c known']);
    expect(second.inspector.names).toEqual(['x/b']);
  });

  it('looks again with another engine or policy', async () => {
    const folder = newFolder({ a: '1' });
    const path = join(base, 'engine.db');
    const first = setUp({ path });
    await scan(first.once, folder);
    first.state.close();
    states.pop();
    expect(await scan(setUp({ path, engine: 2 }).once, folder)).toEqual(['x/a read']);
  });

  it('looks once into a file of many names, at the same time too, and while it is too young to be remembered', async () => {
    const folder = newFolder({ a: 'one' });
    linkSync(join(folder, 'a'), join(folder, 'b'));
    linkSync(join(folder, 'a'), join(folder, 'c'));
    const { inspector, once } = setUp({ clock: { now: () => statSync(join(folder, 'a')).ctimeMs } });
    expect(await scan(once, folder)).toEqual(['x/a read', 'x/b known', 'x/c known']);
    expect(await scan(once, folder)).toEqual(['x/a known', 'x/b known', 'x/c known']);
    expect(inspector.names).toEqual(['x/a']);
  });

  it('looks once into the same content, where that is worth a hash', async () => {
    const folder = newFolder({ a: 'content '.repeat(1000), small: 'x' });
    for (const copy of ['b', 'c']) copyFileSync(join(folder, 'a'), join(folder, copy));
    copyFileSync(join(folder, 'small'), join(folder, 'small-2'));
    const { once } = setUp();
    const told = await scan(once, folder);
    expect(told.slice(0, 3).toSorted((one, other) => one.slice(4).localeCompare(other.slice(4)))).toHaveLength(3);
    expect(told.filter((line) => /^x\/[abc] read$/.test(line))).toHaveLength(1);
    expect(told.slice(3)).toEqual(['x/small read', 'x/small-2 read']);
  });

  it('remembers no file that may still change within its timestamps', async () => {
    const folder = newFolder({ a: '1' });
    const { once } = setUp({ clock: { now: () => statSync(join(folder, 'a')).ctimeMs + 1000 } });
    expect(await scan(once, folder)).toEqual(['x/a read']);
    expect(await scan(once, folder)).toEqual(['x/a read']);
  });

  it.each(['timed-out', 'worker-died'] as const)('tries again what was %s', async (reason) => {
    const folder = newFolder({ a: '1' });
    const { inspector, once } = setUp();
    inspector.answer = () => ({ ...CLEAN, unreadable: [{ reason }] });
    expect(await scan(once, folder)).toEqual(['x/a read']);
    expect(await scan(once, folder)).toEqual(['x/a read']);
  });

  it('remembers nothing of a file that was exchanged while it was read', async () => {
    const folder = newFolder({ a: 'secret '.repeat(1000) });
    const copy = newFolder({});
    copyFileSync(join(folder, 'a'), join(copy, 'a'));
    const { inspector, once } = setUp();
    inspector.answer = () => {
      appendFileSync(join(folder, 'a'), 'changed');
      return CLEAN;
    };
    expect(await scan(once, folder)).toEqual(['x/a read']);
    inspector.answer = () => CLEAN;
    expect(await scan(once, copy)).toEqual(['x/a read']);
  });

  it('finds a file at rest that was written to meanwhile', async () => {
    const folder = newFolder({ a: '1' });
    const { inspector, once } = setUp();
    let asked = 0;
    inspector.answer = ({ stamp }) => {
      asked += 1;
      if (asked === 1) appendFileSync(join(folder, 'a'), '2');
      return stamp?.size === BigInt(statSync(join(folder, 'a')).size) ? CLEAN : null;
    };
    expect(await scan(once, folder)).toEqual(['x/a read']);
    expect(asked).toBe(2);
  });

  it('looks at a file that never rests as it is', async () => {
    const folder = newFolder({ log: '1' });
    const { inspector, once } = setUp();
    inspector.answer = ({ stamp }) => (stamp === undefined ? CLEAN : null);
    expect(await scan(once, folder)).toEqual(['x/log read']);
  });

  it('names a file that vanished', async () => {
    const folder = newFolder({ a: '1', b: '2' });
    const { inspector, once } = setUp();
    inspector.answer = ({ name }) => {
      if (name !== 'x/a') return CLEAN;
      rmSync(join(folder, 'a'));
      return null;
    };
    expect(await scan(once, folder)).toEqual(['x/a DLP_FILE_NOT_FOUND', 'x/b read']);
  });

  it('says why a file could not be opened', async () => {
    const folder = newFolder({ a: '1' });
    const { inspector, once } = setUp();
    inspector.answer = () => {
      rmSync(join(folder, 'a'));
      return { ...CLEAN, unreadable: [{ reason: 'io-error' }] };
    };
    expect(await scan(once, folder)).toEqual(['x/a DLP_FILE_NOT_FOUND']);
  });

  it('takes a part that cannot be read inside a file for no failure of the file', async () => {
    const folder = newFolder({ a: '1' });
    const { inspector, once } = setUp();
    inspector.answer = () => ({ ...CLEAN, unreadable: [{ reason: 'io-error', where: { part: 'x.zip' } }] });
    expect(await scan(once, folder)).toEqual(['x/a read']);
  });
});
