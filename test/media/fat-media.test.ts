import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIdentityFile } from '../../src/age/index.ts';
import { type MediumReport, verifyMedium } from '../../src/media/index.ts';

// Images written by Linux's own drivers: test/fixtures/media/make-media-fixtures.ts.
const FIXTURES = join(import.meta.dirname, '../fixtures/media');
const identities = ((): string[] => {
  const parsed = parseIdentityFile(readFileSync(join(FIXTURES, 'fixture.identity'), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
})();
const READABLE = 'canary: readable note';
const REMOVED = 'canary: removed note';

const image = (name: string): Buffer => gunzipSync(readFileSync(join(FIXTURES, `${name}.img.gz`)));
function verify(bytes: Buffer): MediumReport {
  const disk = { size: bytes.length, read: (offset: number, length: number) => Buffer.from(bytes.subarray(offset, offset + length)) };
  return verifyMedium(disk, { identities, canaries: [READABLE, REMOVED] });
}

describe.each(['exfat', 'fat16', 'fat32'])('%s as Linux writes it', (name) => {
  const bytes = image(name);
  const report = verify(bytes);

  test('every file is found: ciphertext opened, the others listed by name', () => {
    expect(report).toMatchObject({ filesystems: [{ kind: name, files: 6 }], problems: [], claimedBytes: 0 });
    const listed = report.unaccounted.filter(({ kind }) => kind === 'file');
    expect([...new Set(listed.flatMap(({ path }) => path ?? []))].toSorted()).toEqual(['note.txt', 'zeros']);
    // 70,000 + 0 + 3,000 + 60,000 bytes with their headers, nonces and tags.
    expect(report.provenBytes).toBeGreaterThan(133_000);
    expect(report.provenBytes).toBeLessThan(135_000);
  });

  test('a removed file is found in free space, a readable one where it is', () => {
    const note = report.unaccounted.find(({ path }) => path === 'note.txt');
    const [readable] = report.canaries.filter(({ canary }) => canary === 0);
    expect(readable?.offset).toBe(note?.start);
    const removed = report.canaries.filter(({ canary }) => canary === 1).map(({ offset }) => offset);
    // On the exFAT image a later file took its place.
    expect(removed).toEqual(name === 'exfat' ? [] : [bytes.indexOf(REMOVED)]);
    const free = report.unaccounted.filter(({ kind }) => kind === 'free');
    for (const at of removed) expect(free.some(({ start, end }) => start <= at && at < end)).toBe(true);
  });

  test('a bit flipped in a file makes it unaccounted for', () => {
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('age-encryption.org/v1') + 500;
    changed[at] = (changed[at] ?? 0) ^ 1;
    const paths = new Set(verify(changed).unaccounted.flatMap(({ path }) => path ?? []));
    expect(paths.size).toBe(3);
  });

  test('whatever is changed in its structures, it is read to its end', { timeout: 300_000 }, () => {
    const change = fc.record({ at: fc.nat(200_000), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, value } of changes) changed[at] = value;
        const { structureBytes, provenBytes, claimedBytes } = verify(changed);
        expect(structureBytes + provenBytes + claimedBytes).toBeLessThanOrEqual(changed.length);
      }),
      { numRuns: 25 },
    );
  });
});
