import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { formatIdentityFile, generateIdentity } from '../../src/age/index.ts';
import { openRaw, verifyMedium } from '../../src/media/index.ts';
import { type OfficeFile, POLICY } from './ten-kinds.ts';

/** What the suites share that copy an employee's files to sticks in a virtual machine. */

export type Keys = ReturnType<typeof generateIdentity>;

/** For bash. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Prints the device node of a stick, or of its partition. */
export const stickNode = (serial: string, part = '-part1'): string =>
  `readlink -f $(ls /dev/disk/by-id/usb-*${serial}*:0${part} | head -n 1)`;

/** A disk of its own brings files, policy, identity and scripts into the guest. */
export function makeSourcesDisk(
  root: string,
  files: readonly OfficeFile[],
  { identity }: Keys,
  scripts: Readonly<Record<string, string>>,
): string {
  const folder = join(root, 'sources');
  mkdirSync(folder);
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, 'policy.yaml'), POLICY);
  writeFileSync(join(folder, 'key'), formatIdentityFile(identity, new Date()));
  for (const [name, script] of Object.entries(scripts)) writeFileSync(join(folder, name), script);
  const image = join(root, 'sources.img');
  const mebibytes = 16 + Math.ceil(files.reduce((sum, { content }) => sum + content.length + 8192, 0) / 1_048_576);
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', folder, image, `${mebibytes}M`], { stdio: 'ignore' });
  return image;
}

/** Room for all of them twice, and what a filesystem needs. */
export const stickMebibytes = (files: readonly OfficeFile[]): number =>
  64 + 2 * Math.ceil(files.reduce((sum, { content }) => sum + content.length + 4096, 0) / 1_048_576);

/** Gives the names of the files that lie readable on the stick, after every byte of it was accounted for and searched. */
export function readableOn(image: string, files: readonly OfficeFile[], { identity }: Keys): string[] {
  const raw = openRaw(image);
  const report = verifyMedium(raw, { identities: [identity], canaries: [] });
  raw.close();
  expect(report.problems).toEqual([]);
  expect(report.claimedBytes).toBe(0);
  const bytes = readFileSync(image);
  const allowed = Buffer.concat(files.filter(({ standing }) => standing === 'allowed').map(({ content }) => content));
  const canaries = files
    .filter(({ standing }) => standing !== 'allowed')
    .flatMap(({ name, content }) =>
      [0.2, 0.5, 0.8].map((part) => ({ name, stretch: content.subarray(content.length * part).subarray(0, 24) })),
    )
    .filter(({ stretch }) => !allowed.includes(stretch));
  expect(canaries.length).toBeGreaterThan(files.length / 3);
  expect(canaries.filter(({ stretch }) => bytes.includes(stretch)).map(({ name }) => name)).toEqual([]);
  return [...new Set(report.unaccounted.flatMap(({ kind, path }) => (kind === 'file' && path !== undefined ? [path] : [])))].toSorted();
}
