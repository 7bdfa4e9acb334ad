import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNames } from '../../../src/cli/scan/folder-names.ts';
import { temporaryFolder } from './temporary-folder.ts';

const base = temporaryFolder();
let folders = 0;

describe('readNames', () => {
  it('gives every name once and in order, whatever the parts', async () => {
    const name = fc
      .string({ unit: fc.constantFrom('a', 'b', 'é', '語', '.', ' '), minLength: 1, maxLength: 6 })
      .filter((text) => !/^\.+$/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), async (names, room) => {
        const folder = join(base, String((folders += 1)));
        mkdirSync(folder);
        for (const each of names) writeFileSync(join(folder, each), '');
        const read: string[] = [];
        for (let more = true; more;) {
          const part = await readNames(Buffer.from(folder), read.at(-1) ?? '', room);
          expect(part.names.length).toBeLessThanOrEqual(room);
          read.push(...part.names);
          more = part.more;
        }
        const bytes = names.map((each) => Buffer.from(each)).toSorted((a, b) => a.compare(b));
        expect(read).toEqual(bytes.map((each) => each.toString('latin1')));
      }),
      { numRuns: 40 },
    );
  });
});
