import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalName } from '../../../src/agent/fuse-guard/final-name.ts';
import { isKilled } from '../../../src/agent/fuse-guard/killed.ts';
import { NodeTable, type ViewNode } from '../../../src/agent/fuse-guard/node-table.ts';

describe('the name a temporary file will have', () => {
  it.each([
    ['d/.list.csv.a1B2c3', 'd/list.csv'],
    ['.x.Zz09aa', 'x'],
    ['list.csv', 'list.csv'],
    ['.list.csv', '.list.csv'],
    ['.a1B2c3/list', '.a1B2c3/list'],
  ])('%s -> %s', (path, name) => {
    expect(finalName(Buffer.from(path)).toString()).toBe(name);
  });
});

describe.skipIf(process.platform !== 'linux')('a caller', () => {
  it('that runs is not killed, one that is gone is', async () => {
    expect(isKilled(process.pid)).toBe(false);
    expect(isKilled(0)).toBe(false);
    const child = spawn('sleep', ['100']);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isKilled(child.pid ?? 1)).toBe(true);
  });
});

describe('the table of names', () => {
  it('keeps what the kernel knows and nothing else, under numbers of their own', () => {
    const gone: ViewNode[] = [];
    const nodes = new NodeTable((node) => gone.push(node));
    const names = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('look', 'forget', 'move', 'detach'), names, names), { maxLength: 60 }), (steps) => {
        const known = new Map<number, ViewNode>();
        for (const [step, name, other] of steps) {
          const node = nodes.child(nodes.root, name);
          if (step === 'look') {
            const found = nodes.at(nodes.root, name, false);
            found.lookups += 1;
            known.set(found.id, found);
          } else if (node !== undefined && step === 'move') nodes.move(node, nodes.root, other);
          else if (node !== undefined && step === 'detach') nodes.detach(node);
          else if (node !== undefined) {
            nodes.forget(node.id, node.lookups);
            known.delete(node.id);
          }
        }
        const inodes = [...known.values()].map(({ inode }) => inode);
        expect(new Set(inodes).size).toBe(inodes.length);
        for (const node of known.values()) expect(nodes.get(node.id)).toBe(node);
        for (const node of known.values()) nodes.forget(node.id, node.lookups);
        expect(nodes.root.children).toBe(0);
      }),
    );
  });

  it('gives a path its inode number again', () => {
    const inode = (): number => {
      const nodes = new NodeTable(() => undefined);
      return nodes.at(nodes.at(nodes.root, 'd', true), 'f', false).inode;
    };
    expect(inode()).toBe(inode());
  });
});
