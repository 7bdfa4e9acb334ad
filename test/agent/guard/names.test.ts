import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ciphertextName, restoredName } from '../../../src/agent/guard/place-file.ts';
import { temporaryId, temporaryIdOf, temporaryName } from '../../../src/agent/guard/temporary-name.ts';
import { absolutePath, parsePath, pathBytes, pathKey } from '../../../src/agent/guard/volume-path.ts';

const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => Buffer.from(bytes))
  .filter((name) => !name.includes(0x2f) && !name.includes(0) && !['.', '..'].includes(name.toString('latin1')));
const attempt = fc.integer({ min: 1, max: 9999 });

describe('names on the medium', () => {
  it('never get longer than a name may be, nor lose their ending', () => {
    fc.assert(
      fc.property(nameBytes, attempt, (name, n) => {
        const stored = ciphertextName(name, n);
        expect(stored.length).toBeLessThanOrEqual(255);
        expect(stored.subarray(-4).toString()).toBe('.age');
        expect(restoredName(name, n).length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('differ from attempt to attempt', () => {
    fc.assert(
      fc.property(nameBytes, attempt, attempt, (name, a, b) => {
        if (a === b) return;
        expect(ciphertextName(name, a).equals(ciphertextName(name, b))).toBe(false);
        expect(restoredName(name, a).equals(restoredName(name, b))).toBe(false);
      }),
    );
  });

  it('stay UTF-8 when cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }), attempt, (text, n) => {
        const name = Buffer.from(text.replaceAll(/[/\0]/g, '_')).subarray(0, 4096);
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(ciphertextName(name, n))).not.toThrow();
      }),
    );
  });

  it('keep what a person knows the file by', () => {
    expect(ciphertextName(Buffer.from('list.xlsx'), 1).toString()).toBe('list.xlsx.age');
    expect(ciphertextName(Buffer.from('list.xlsx'), 2).toString()).toBe('list.xlsx (2).age');
    expect(restoredName(Buffer.from('list.xlsx'), 3).toString()).toBe('list (3).xlsx');
    expect(restoredName(Buffer.from('.profile'), 2).toString()).toBe('.profile (2)');
  });
});

describe('paths', () => {
  it('come back from their bytes, and two are never taken for one', () => {
    fc.assert(
      fc.property(fc.array(nameBytes, { minLength: 1, maxLength: 8 }), (path) => {
        expect(parsePath(pathBytes(path))).toEqual(path);
        expect(pathKey(path).length).toBe(pathBytes(path).length);
      }),
    );
  });

  it.each(['', '/', 'a//b', '../a', 'a/..', '.', 'a/./b', 'a/', '/a', 'a\0'])('refuse %j', (bytes) => {
    expect(() => parsePath(Buffer.from(bytes))).toThrow(RangeError);
  });

  it('stand below a root with or without a separator at its end', () => {
    const separator = process.platform === 'win32' ? '\\' : '/';
    for (const root of ['/mnt', `/mnt${separator}`]) {
      expect(absolutePath(Buffer.from(root), [Buffer.from('a')]).toString()).toBe(`/mnt${separator}a`);
    }
  });
});

it('knows its own temporary names and no others', () => {
  const id = temporaryId();
  for (const kind of ['tmp', 'plain', 'erase'] as const) expect(temporaryIdOf(temporaryName(id, kind))).toBe(id);
  for (const name of ['.~sekisho-1.tmp', `.~sekisho-${id}.age`, `.~sekisho-${id}.tmp~`, `a.~sekisho-${id}.tmp`, `.~sekisho-${id}.tmp\n`]) {
    expect(temporaryIdOf(Buffer.from(name))).toBeNull();
  }
});
