import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrganisation } from '../../src/pki/index.ts';
import type { MediumReport } from '../../src/media/index.ts';
import { loopVolumeMissing } from '../integration/loop-volume.ts';
import { ENTRY } from './age-commands.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/media');
const CANARY = 'canary: readable note';
const noMount =
  loopVolumeMissing() ?? (existsSync('/run/udev/data') ? null : 'udev, which tells the UUID of a filesystem, does not run here');
if (noMount !== null) process.stdout.write(`media.test.ts: nothing is enrolled, ${noMount}\n`);

let root: string;
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-media-cli-')));
  writeFileSync(join(root, 'stick'), gunzipSync(readFileSync(join(FIXTURES, 'fat32.img.gz'))));
  const organisation = await createOrganisation(join(root, 'org'), 'Example KK');
  if (!organisation.ok) throw new Error(organisation.error.message);
  writeFileSync(join(root, 'canaries'), `something else\n${CANARY}\n`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function media(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [ENTRY, 'media', ...args], { encoding: 'utf8', cwd: root, env: { ...process.env, INIT_CWD: root } });
}

describe('sekisho media verify', () => {
  test('lists what is not accounted for, and ends with 1', () => {
    const { status, stdout } = media('verify', 'stick', '--identity', join(FIXTURES, 'fixture.identity'), '--canaries', 'canaries');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^file {8}642048-642069 note\.txt$/m);
    expect(stdout).toMatch(/^canary {6}line 2 at 642048 \(utf-8\)$/m);
    expect(stdout).not.toContain(CANARY);
  });

  test('as JSON, without the canaries themselves', () => {
    const { stdout } = media('verify', 'stick', '--canaries', 'canaries', '--json');
    const report = JSON.parse(stdout) as MediumReport;
    expect(report).toMatchObject({ bytes: 35_651_584, provenBytes: 0, canaries: [{ canary: 1, offset: 642_048 }] });
    expect(stdout).not.toContain(CANARY);
  });

  test.each([
    ['a medium that is not there', ['verify', 'none']],
    ['a canary that would be found by chance', ['verify', 'stick', '--canaries', 'short']],
  ])('%s: 2', (_what, args) => {
    writeFileSync(join(root, 'short'), 'abc\n');
    expect(media(...args).status).toBe(2);
  });
});

describe('sekisho media enroll', () => {
  test.skipIf(noMount !== null)(
    'an erased image holds a new filesystem and the record, and nothing else; the ledger knows it',
    { timeout: 120_000 },
    () => {
      writeFileSync(join(root, 'image'), Buffer.alloc(16 * 1024 * 1024, 'what was there before '));
      const who = ['--org', 'org', '--holder', '田中', '--due', '2027-03-31'];
      const enrolled = media('enroll', 'image', '--erase', '--filesystem', 'ext4', ...who, '--json');
      expect(enrolled).toMatchObject({ status: 0 });
      expect(media('list', '--org', 'org').stdout).toContain('田中');
      expect(media('list', '--org', 'org', '--overdue').stdout).toBe('');
      expect(media('verify', 'image').stdout).toContain('.sekisho/medium.dsse.json');
      expect(media('verify', 'image', '--org', 'org')).toMatchObject({ status: 0 });
    },
  );

  test.each([
    ['a date that is none', ['image', '--due', '31.3.2027']],
    ['a folder to erase', ['.', '--erase', '--due', '2027-03-31']],
  ])('%s is refused before anything is touched', (_what, args) => {
    const { status, stderr } = media('enroll', ...args, '--org', 'org', '--holder', 'x');
    expect([status, stderr.includes('DLP_CLI_USAGE')]).toEqual([2, true]);
  });
});
