import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openForReading, openForWriting } from '../../src/collector/store/database.ts';
import { MIGRATIONS } from '../../src/collector/store/migrations/index.ts';
import { STORE_FILE } from '../../src/collector/store/store.ts';
import { batchOf, call, collectorOn, enrolled, makeOrganisation, temporaryFolder, TestChain } from './support.ts';

describe('a store', () => {
  it('is made by all migrations, for its owner alone, and opens again', () => {
    const path = join(temporaryFolder('store'), STORE_FILE);
    openForWriting(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = openForWriting(path);
    expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length });
    expect(again.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(again.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    again.close();
  });

  it('by a newer version, or of another program, or no database at all, is left as it is', () => {
    const folder = temporaryFolder('store');
    const newer = join(folder, 'newer.sqlite');
    openForWriting(newer).close();
    const connection = new DatabaseSync(newer);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    connection.close();
    expect(() => openForWriting(newer)).toThrow(/newer version/);
    const foreign = join(folder, 'foreign.sqlite');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE cookies (x); PRAGMA user_version = 1;');
    other.close();
    expect(() => openForWriting(foreign)).toThrow(/not a store/);
    expect(() => openForReading(foreign)).toThrow(/not a store/);
    writeFileSync(join(folder, 'text.sqlite'), 'x'.repeat(5000));
    expect(() => openForWriting(join(folder, 'text.sqlite'))).toThrow(/not a database/);
  });
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('skipped: a full disk under the store (needs root to mount a small file system)');

describe.skipIf(!isRoot)('a full disk', () => {
  const mountPoint = temporaryFolder('full');
  afterAll(() => void execFileSync('umount', [mountPoint]));

  it('is an answer to try again later; nothing is acknowledged, and all is taken over once there is space', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mountPoint]);
    const state = join(mountPoint, 'state');
    mkdirSync(state);
    const organisation = await makeOrganisation();
    const collector = await collectorOn(state, organisation);
    const agent = await enrolled(state, organisation, collector.agentUrl);
    const chain = new TestChain(agent.agent);
    const send = () => call(`${collector.agentUrl}/v1/events`, agent, { body: batchOf(agent, chain.events) });

    execFileSync('sh', ['-c', `head -c 8m /dev/zero > ${join(mountPoint, 'ballast')} || true`], { stdio: 'pipe' });
    chain.grow(500);
    expect(await send()).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { code: 'DLP_STORE_FULL', retryable: true } });
    execFileSync('rm', [join(mountPoint, 'ballast')]);
    expect(await send()).toMatchObject({ status: 200, body: { accepted: 500, duplicates: 0, storedThrough: 500 } });
    await collector.stop();
  });
});
