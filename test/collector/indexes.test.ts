import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must, sekisho } from '../../scripts/practice/sekisho.ts';
import type { Enrolment } from '../../src/agent/enrolment/index.ts';
import { CollectorClient } from '../../src/agent/sync/collector-client.ts';
import { administration, type RunningCollector } from '../../src/collector/index.ts';
import { INDEX_PIECE_BYTES } from '../../src/contracts/collector-api.ts';
import type { Organisation } from '../../src/pki/index.ts';
import { ConsoleClient, signedRelease } from './console-client.ts';
import { call, collectorOn, enrolled, makeOrganisation, temporaryFolder } from './support.ts';

const PASSWORD = 'correct horse battery';
const KEY = 'ec8be212a027d1460111aa26c7663e1e';
const state = temporaryFolder('collector');
const folder = join(state, 'indexes');
let organisation: Organisation;
let collector: RunningCollector;
let agent: Enrolment;
let admin: ConsoleClient;
let version = 0;

beforeAll(async () => {
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation);
  agent = await enrolled(state, organisation, collector.agentUrl);
  await administration(state).putUser('hanako', 'admin', PASSWORD);
  await administration(state).putUser('ken', 'auditor', PASSWORD);
  admin = await ConsoleClient.signedIn(collector.consoleUrl, 'hanako', PASSWORD);
});
afterAll(() => collector.stop());

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function policyNaming(...indexes: { file: string; sha256: string }[]): string {
  const entries = indexes.map(
    ({ file, sha256 }, n) => `  - { id: own-${n}, kind: exact-data, file: ${file}, sha256: '${sha256}', key: '${KEY}', columns: 1 }\n`,
  );
  return `format: sekisho-policy/1\nname: test-policy\ntitle: { ja: 試験, en: Test }\nown-data:\n${entries.join('')}rules: []\n`;
}

async function pushRelease(source: string): Promise<void> {
  version += 1;
  const answer = await admin.post('/api/policies', signedRelease(organisation, version, { source }));
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

async function send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const answer = await admin.sendBytes(`/api/indexes/${digest(bytes)}?offset=0&last=true`, bytes);
  expect(answer).toMatchObject({ status: 200, body: { received: bytes.length, complete: true } });
}

describe('an index on its way to the collector', () => {
  it('comes in pieces and goes on where it broke off', async () => {
    const bytes = randomBytes(100_000);
    const path = `/api/indexes/${digest(bytes)}`;
    expect((await admin.get(path)).body).toEqual({ received: 0, complete: false });
    expect((await admin.sendBytes(`${path}?offset=0`, bytes.subarray(0, 40_000))).body).toEqual({ received: 40_000, complete: false });
    // The answer was lost: the same piece again changes nothing.
    expect((await admin.sendBytes(`${path}?offset=0`, bytes.subarray(0, 40_000))).body).toEqual({ received: 40_000, complete: false });
    expect((await admin.get(path)).body).toEqual({ received: 40_000, complete: false });
    expect((await admin.sendBytes(`${path}?offset=40000&last=true`, bytes.subarray(40_000))).body).toEqual({
      received: 100_000,
      complete: true,
    });
    expect(readFileSync(join(folder, digest(bytes)))).toEqual(bytes);
    expect((await admin.sendBytes(`${path}?offset=100000`, bytes)).body).toEqual({ received: 100_000, complete: true });
  });

  it('is kept whole when many send it at once', async () => {
    const bytes = randomBytes(50_000);
    const path = `/api/indexes/${digest(bytes)}`;
    await Promise.all(Array.from({ length: 8 }, () => admin.sendBytes(`${path}?offset=0&last=true`, bytes)));
    expect(readFileSync(join(folder, digest(bytes)))).toEqual(bytes);
  });

  it('is not kept when it is not what its name says', async () => {
    const bytes = randomBytes(1000);
    const answer = await admin.sendBytes(`/api/indexes/${digest(randomBytes(8))}?offset=0&last=true`, bytes);
    expect(answer).toMatchObject({ status: 400, body: { code: 'DLP_OWN_DATA_INDEX' } });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is taken from administrators alone, under a hash and in bounded pieces', async () => {
    const auditor = await ConsoleClient.signedIn(collector.consoleUrl, 'ken', PASSWORD);
    const bytes = randomBytes(10);
    expect((await auditor.sendBytes(`/api/indexes/${digest(bytes)}?offset=0&last=true`, bytes)).status).toBe(403);
    expect((await auditor.get(`/api/indexes/${digest(bytes)}`)).status).toBe(403);
    expect((await new ConsoleClient(collector.consoleUrl).sendBytes(`/api/indexes/${digest(bytes)}?offset=0`, bytes)).status).toBe(401);
    for (const name of ['..%2fcollector.db', 'ABC', `${digest(bytes)}.part`])
      expect((await admin.sendBytes(`/api/indexes/${name}?offset=0`, bytes)).status).toBe(400);
    const large = new Uint8Array(INDEX_PIECE_BYTES + 1);
    expect((await admin.sendBytes(`/api/indexes/${digest(large)}?offset=0`, large)).status).toBe(413);
  });
});

describe('an index on its way to an agent', () => {
  it('is handed out when the release in force names it, and gone when none does', async () => {
    const [named, other] = [randomBytes(300_000), randomBytes(2000)];
    await send(named);
    await send(other);
    await pushRelease(policyNaming({ file: 'own.edm', sha256: digest(named) }));
    expect(existsSync(join(folder, digest(other)))).toBe(false);
    const target = join(temporaryFolder('agent'), 'index');
    const client = new CollectorClient(agent);
    expect(await client.fetchIndex(digest(named), target)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(target)).toEqual(named);
    expect(await client.fetchIndex(digest(other), `${target}-2`)).toMatchObject({ ok: false, error: { code: 'DLP_API_NOT_FOUND' } });
    client.close();
    const stranger = { ca: agent.ca };
    const answer = await call(`${collector.agentUrl}/v1/indexes/${digest(named)}`, stranger, { method: 'GET' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
  });

  it('goes on where an earlier try broke off', async () => {
    const bytes = randomBytes(200_000);
    await send(bytes);
    await pushRelease(policyNaming({ file: 'own.edm', sha256: digest(bytes) }));
    const target = join(temporaryFolder('agent'), 'index');
    writeFileSync(target, bytes.subarray(0, 150_000));
    const client = new CollectorClient(agent);
    expect((await client.fetchIndex(digest(bytes), target)).ok).toBe(true);
    expect(readFileSync(target)).toEqual(bytes);
    expect((await client.fetchIndex(digest(bytes), target)).ok).toBe(true);
    expect(readFileSync(target)).toEqual(bytes);
    client.close();
  });

  it('leaves its key behind in what the console shows of the policy', async () => {
    await pushRelease(policyNaming({ file: 'own.edm', sha256: 'a'.repeat(64) }));
    const shown = JSON.stringify((await admin.get('/api/policy')).body);
    expect(shown).toContain('a'.repeat(64));
    expect(shown).not.toContain(KEY);
  });
});

describe('sekisho policy push', () => {
  it('sends what the collector has not got before the release, and refuses when it cannot', async () => {
    const releases = temporaryFolder('release');
    const bytes = randomBytes(INDEX_PIECE_BYTES + 1000);
    const source = policyNaming({ file: 'own.edm', sha256: digest(bytes) });
    version += 1;
    const release = join(releases, 'release.dsse.json');
    writeFileSync(release, JSON.stringify(signedRelease(organisation, version, { source })));
    const where = ['--collector', collector.consoleUrl, '--user', 'hanako', '--password-file', '-', '--json'];
    const missing = await sekisho(['policy', 'push', release, ...where], `${PASSWORD}\n`);
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.stderr || missing.stdout)).toMatchObject({ error: { code: 'DLP_OWN_DATA_INDEX' } });
    const indexes = temporaryFolder('indexes');
    writeFileSync(join(indexes, 'own.edm'), bytes);
    const pushed = await must(['policy', 'push', release, '--indexes', indexes, ...where], `${PASSWORD}\n`);
    expect(JSON.parse(pushed)).toEqual({ name: 'test-policy', version, indexes: ['own.edm'] });
    expect(readFileSync(join(folder, digest(bytes)))).toEqual(bytes);
  });
});
