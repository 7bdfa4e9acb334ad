import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeHeldView, writeHeldRecord } from '../../../src/agent/fuse-guard/held-view.ts';
import { isRunning, processMark } from '../../../src/agent/fuse-guard/holder.ts';
import { KeptNames } from '../../../src/agent/fuse-guard/kept-names.ts';
import { NodeTable, type ViewNode } from '../../../src/agent/fuse-guard/node-table.ts';
import { loadSystemCalls } from '../../../src/platform/linux/fuse/index.ts';

function withFile<T>(use: (descriptor: number, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-kept-'));
  const descriptor = openSync(join(folder, 'memory'), 'wx+');
  try {
    return use(descriptor, folder);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

const pathOf = (node: ViewNode): string => (node.parent === null ? '' : `${pathOf(node.parent)}/${node.name}`);

describe('what the next agent knows of the names', () => {
  it('are the folders that the kernel knows, under their numbers, wherever they were moved', () => {
    const name = fc.constantFrom('a', 'b', 'c', '\u00e9'.repeat(255));
    const step = fc.record({
      what: fc.constantFrom('look', 'look', 'look', 'move', 'forget', 'remove'),
      at: fc.nat(30),
      to: fc.nat(30),
      name,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        withFile((descriptor) => {
          const nodes = new NodeTable(() => undefined, new KeptNames(descriptor));
          const known = [nodes.root];
          for (const { what, at, to, name: chosen } of steps) {
            const node = known[at % known.length] ?? nodes.root;
            const parent = known[to % known.length] ?? nodes.root;
            const below = (each: ViewNode | null): boolean => each !== null && (each === node || below(each.parent));
            if (what === 'look' && !node.detached) {
              const found = nodes.at(node, chosen, true);
              found.lookups += 1;
              if (!known.includes(found)) known.push(found);
            } else if (node === nodes.root) continue;
            else if (what === 'move' && !below(parent) && !parent.detached && (nodes.child(parent, chosen)?.children ?? 0) === 0) {
              nodes.move(node, parent, chosen);
            } else if (what === 'remove' && node.children === 0) nodes.detach(node);
            else if (what === 'forget' && node.children === 0) {
              nodes.forget(node.id, node.lookups);
              known.splice(known.indexOf(node), 1);
            }
          }
          const next = new NodeTable(() => undefined, new KeptNames(descriptor), 1);
          const { names, slots } = new KeptNames(descriptor).readAll();
          next.restore(names, slots);
          const standing = known.filter((node) => !node.detached && node !== nodes.root);
          for (const node of standing) {
            const found = next.get(node.id);
            expect([found?.inode, found && pathOf(found)]).toEqual([node.inode, pathOf(node)]);
          }
          expect(names.length).toBe(standing.length);
          expect(next.at(next.root, 'new', false).id).toBeGreaterThan(2 ** 40);
        });
      }),
    );
  });

  it('are the open files, and what the kernel passes through for them', () => {
    withFile((descriptor) => {
      const kept = new KeptNames(descriptor);
      const nodes = new NodeTable(() => undefined, kept);
      const files = Array.from({ length: 40 }, (_, n) => nodes.at(nodes.root, `f${n}`, false));
      for (const [n, file] of files.entries()) kept.keep(file, n % 2 === 0 ? 'read' : 'written', n);
      for (const file of files.slice(10)) kept.drop(file);
      const { names, slots } = new KeptNames(descriptor).readAll();
      expect(names.map(({ kind, name, backing }) => [kind, name, backing])).toEqual(
        files.slice(0, 10).map(({ name }, n) => [n % 2 === 0 ? 'read' : 'written', name, n]),
      );
      expect(slots.size).toBe(0);
      // They were told of once.
      expect(new KeptNames(descriptor).readAll().names).toEqual([]);
    });
  });
});

describe.skipIf(process.platform !== 'linux')('a holder', () => {
  it('is no process that got its number later', async () => {
    const child = spawn('sleep', ['100']);
    const mark = processMark(child.pid ?? 0);
    const agent = { pid: 4_000_000, started: 1 };
    const facts = { asked: '/view', place: '', home: '', device: '0:1', volumeId: 'v', wasMounted: true, readOnly: false };
    withFile((_, folder) => {
      expect(mark !== null && isRunning(mark)).toBe(true);
      const holder = { pid: child.pid ?? 0, started: (mark?.started ?? 0) - 1 };
      writeHeldRecord(folder, { ...facts, agent, holder, passthrough: true, generation: 0 });
      expect(takeHeldView(loadSystemCalls(), folder, '/view')).toBeNull();
    });
    expect(mark !== null && isRunning(mark)).toBe(true);
    child.kill();
    await once(child, 'exit');
    expect(mark !== null && isRunning(mark)).toBe(false);
  });
});
