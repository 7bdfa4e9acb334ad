import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediumRecord } from '../../src/contracts/medium.ts';
import type { Volume } from '../../src/contracts/volume.ts';
import { enrolMedium, eraseMedium, openMediumRecord, openRaw, readLedger, recordOf, verifyMedium } from '../../src/media/index.ts';
import { fakeStick } from '../fakes/fake-usb.ts';
import { fakeVolume } from '../fakes/fake-volumes.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const stranger = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

let root: string;
let volume: Volume;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-enrol-'));
  const mountPoint = join(root, 'stick');
  mkdirSync(mountPoint);
  volume = fakeVolume({ mountPoint, device: fakeStick() });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function enrolled(change: { holder?: string; due?: string } = {}, onto = volume): Promise<MediumRecord> {
  const more = { holder: '田中', now: '2026-11-22T00:00:00.000Z', due: '2027-03-31T14:59:59.999Z', erased: false, ...change };
  const made = await enrolMedium({ volume: onto, organisationFolder: root, organisation: 'Example KK', privateKeyPem, ...more });
  if (!made.ok) throw new Error(made.error.message);
  return made.value.record;
}

describe('the record on a medium', () => {
  test("says whose it is, to who has the organisation's key", async () => {
    const record = await enrolled();
    expect(record).toMatchObject({ holder: '田中', medium: { serial: volume.device?.serial, filesystemUuid: volume.uuid } });
    expect(await recordOf(volume, publicKeyPem)).toEqual(record);
    expect(await recordOf(volume, stranger)).toBeNull();
  });

  test.each([
    ['another stick of the same make', { device: fakeStick({ serial: 'OTHER' }) }],
    ['another filesystem', { uuid: 'FFFF-0000' }],
    ['a medium that hides its UUID', { uuid: undefined as never }],
    ['a reader that says less', { device: undefined as never }],
  ])('says nothing on %s', async (_what, change: Partial<Volume>) => {
    await enrolled();
    expect(await recordOf({ ...volume, ...change }, publicKeyPem)).toBeNull();
  });

  test("changed by a byte it is nobody's", async () => {
    await enrolled();
    const path = join(volume.mountPoint, '.sekisho/medium.dsse.json');
    const text = readFileSync(path, 'utf8');
    expect(openMediumRecord(text, publicKeyPem).ok).toBe(true);
    const envelope = JSON.parse(text) as { payload: string };
    const payload = Buffer.from(Buffer.from(envelope.payload, 'base64').toString().replace('2027', '2099')).toString('base64');
    writeFileSync(path, JSON.stringify({ ...envelope, payload }));
    expect(await recordOf(volume, publicKeyPem)).toBeNull();
  });

  test('links, folders, pipes and endless files in its place are no record', async () => {
    const folder = join(volume.mountPoint, '.sekisho');
    const path = join(folder, 'medium.dsse.json');
    await enrolled();
    const good = readFileSync(path);
    const put = (make: () => void): Promise<unknown> => {
      rmSync(path, { recursive: true, force: true });
      make();
      return recordOf(volume, publicKeyPem);
    };
    writeFileSync(join(root, 'elsewhere'), good);
    expect(await put(() => symlinkSync(join(root, 'elsewhere'), path))).toBeNull();
    expect(await put(() => mkdirSync(path))).toBeNull();
    expect(await put(() => execFileSync('mkfifo', [path]))).toBeNull();
    expect(await put(() => writeFileSync(path, Buffer.concat([good, Buffer.alloc(20_000, ' ')])))).toBeNull();
    expect(await put(() => writeFileSync(path, good))).not.toBeNull();
  });

  test('a medium without a UUID cannot be enrolled', async () => {
    const { uuid: _uuid, ...nameless } = volume;
    const made = await enrolMedium({
      volume: nameless,
      organisationFolder: root,
      organisation: 'E',
      privateKeyPem,
      holder: 'x',
      now: '2026-11-22T00:00:00.000Z',
      due: '2027-01-01T00:00:00.000Z',
      erased: false,
    });
    expect(made).toMatchObject({ ok: false, error: { code: 'DLP_MEDIUM_RECORD' } });
    expect(await readLedger(root)).toEqual([]);
  });
});

test('the ledger lists by due date, and outlives a line that was cut off', async () => {
  expect(await readLedger(root)).toEqual([]);
  await enrolled({ holder: 'late', due: '2028-01-01T00:00:00.000Z' });
  await enrolled({ holder: 'soon', due: '2027-01-01T00:00:00.000Z' });
  writeFileSync(join(root, 'media.ndjson'), `${readFileSync(join(root, 'media.ndjson'), 'utf8')}{"format":"sek`);
  expect((await readLedger(root)).map(({ holder }) => holder)).toEqual(['soon', 'late']);
});

test.each(['exfat', 'fat32', 'ext4'] as const)('an erased medium holds nothing but a new %s filesystem', async (filesystem) => {
  const image = join(root, 'image');
  writeFileSync(image, Buffer.alloc(1024 * 1024, 'old plaintext '));
  truncateSync(image, 48 * 1024 * 1024);
  expect(await eraseMedium(image, { filesystem })).toEqual({ ok: true, value: { mountable: image } });
  const raw = openRaw(image);
  const report = verifyMedium(raw, { identities: [], canaries: ['old plaintext'] });
  raw.close();
  expect(report).toMatchObject({
    unaccounted: [],
    canaries: [],
    problems: [],
    filesystems: [{ kind: filesystem === 'ext4' ? 'ext' : filesystem }],
  });
});

test('a medium that is not there is not erased', async () => {
  expect(await eraseMedium(join(root, 'none'), { filesystem: 'exfat' })).toMatchObject({
    ok: false,
    error: { code: 'DLP_FILE_NOT_FOUND' },
  });
});
