import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enrolment } from '../../src/agent/enrolment/index.ts';
import { administration, type RunningCollector } from '../../src/collector/index.ts';
import { openForReading } from '../../src/collector/store/database.ts';
import { STORE_FILE } from '../../src/collector/store/store.ts';
import { eventsPage, summaryResponse } from '../../src/contracts/collector-api.ts';
import type { AgentEvent } from '../../src/contracts/event.ts';
import type { Organisation } from '../../src/pki/index.ts';
import { ConsoleClient, signedRelease } from './console-client.ts';
import { batchOf, call, collectorOn, encryptedBody, enrolled, makeOrganisation, temporaryFolder, TestChain } from './support.ts';

const PASSWORD = 'correct horse battery';
const state = temporaryFolder('collector');
const root = join(temporaryFolder('console'), 'dist');
let organisation: Organisation;
let collector: RunningCollector;
let agent: Enrolment;
let chain: TestChain;
let admin: ConsoleClient;

beforeAll(async () => {
  mkdirSync(root);
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(root, 'app.js'), 'export {};');
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation, { consoleRoot: root });
  agent = await enrolled(state, organisation, collector.agentUrl);
  chain = new TestChain(agent.agent);
  await administration(state).putUser('hanako', 'admin', PASSWORD);
  await administration(state).putUser('ken', 'auditor', PASSWORD);
  admin = await ConsoleClient.signedIn(collector.consoleUrl, 'hanako', PASSWORD);
});
afterAll(() => collector.stop());

async function store(...events: AgentEvent[]): Promise<void> {
  const answer = await call(`${collector.agentUrl}/v1/events`, agent, { body: batchOf(agent, events) });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

const search = async (query: Record<string, string>, client = admin) => {
  const answer = await client.get(`/api/events?${new URLSearchParams(query).toString()}`);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return eventsPage.parse(answer.body);
};
const pathsOf = (page: Awaited<ReturnType<typeof search>>): string[] =>
  page.events.map(({ event }) => ('file' in event.body.data ? event.body.data.file.path : event.body.type));

describe('signing in', () => {
  it('gives a cookie that scripts and other sites cannot have, and signing out takes it back', async () => {
    const client = new ConsoleClient(collector.consoleUrl);
    expect(await client.get('/api/session')).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
    const answer = await client.post('/api/login', { name: 'ken', password: PASSWORD });
    expect(answer).toMatchObject({ status: 200, body: { name: 'ken', role: 'auditor' } });
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect(await client.get('/api/session')).toMatchObject({ status: 200, body: { name: 'ken', role: 'auditor' } });
    const { cookie } = client;
    expect((await client.post('/api/logout', {})).status).toBe(200);
    client.cookie = cookie;
    expect((await client.get('/api/session')).status).toBe(401);
  });

  it('is refused alike for a wrong password and an unknown name, and ends older sessions with a new password', async () => {
    const client = new ConsoleClient(collector.consoleUrl);
    const wrong = await client.post('/api/login', { name: 'ken', password: 'wrong' });
    const unknown = await client.post('/api/login', { name: 'nobody', password: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_FAILED' } });
    expect(unknown.body).toEqual(wrong.body);
    await administration(state).putUser('taro', 'officer', PASSWORD);
    const taro = await ConsoleClient.signedIn(collector.consoleUrl, 'taro', PASSWORD);
    await administration(state).putUser('taro', 'officer', `${PASSWORD}2`);
    expect((await taro.get('/api/session')).status).toBe(401);
  });

  it('is slowed down', async () => {
    const other = await collectorOn(temporaryFolder('collector'), organisation);
    const client = new ConsoleClient(other.consoleUrl);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await client.post('/api/login', { name: 'x', password: '' })).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    expect(await client.post('/api/login', { name: 'x', password: 'y' })).toMatchObject({
      body: { code: 'DLP_API_RATE', retryable: true },
    });
    await other.stop();
  });

  it('keeps neither password nor cookie in readable form', () => {
    const database = openForReading(join(state, STORE_FILE));
    const kept = JSON.stringify([database.prepare('SELECT * FROM users').all(), database.prepare('SELECT * FROM sessions').all()]);
    database.close();
    expect(kept).toContain('scrypt$');
    expect(kept).not.toContain(PASSWORD);
    expect(kept).not.toContain(admin.cookie.split('=')[1] ?? 'no cookie');
  });
});

describe('a request', () => {
  it('that writes is refused when it comes from another site or does not say from where', async () => {
    const foreign = new ConsoleClient(collector.consoleUrl);
    foreign.cookie = admin.cookie;
    for (const origin of ['https://evil.example', 'null', '']) {
      foreign.origin = origin;
      expect(await foreign.post('/api/logout', {})).toMatchObject({ status: 403, body: { code: 'DLP_AUTH_FORBIDDEN' } });
    }
    expect((await admin.get('/api/session')).status).toBe(200);
  });

  it.each(['/api/events', '/api/events/stream', '/api/fleet', '/api/summary', '/api/policy'])('for %s needs a session', async (path) => {
    expect(await new ConsoleClient(collector.consoleUrl).get(path)).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
  });

  it('with an unknown or wrong parameter is refused', async () => {
    for (const query of ['limit=0', 'limit=501', 'colour=red', 'severity=worst', 'from=yesterday']) {
      expect(await admin.get(`/api/events?${query}`)).toMatchObject({ status: 400, body: { code: 'DLP_API_BODY' } });
    }
  });
});

describe('the pages', () => {
  it('are the console at every address of its own, with scripts from here alone', async () => {
    for (const path of ['/', '/events', '/fleet/pc-1']) {
      const answer = await admin.get(path, { accept: 'text/html' });
      expect(answer).toMatchObject({ status: 200, body: '<!doctype html><title>console</title>' });
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none';script-src 'self';style-src 'self';/);
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
    expect((await admin.get('/app.js')).headers.get('content-type')).toMatch(/javascript/);
  });

  it('do not reach outside their folder, nor stand in for the API', async () => {
    // fetch would tidy the path up before sending it.
    const raw = (path: string) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(collector.consoleUrl);
        request({ hostname, port, path, headers: { accept: '*/*' } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    for (const path of ['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/%2e%2e%2f%2e%2e%2fetc/passwd']) {
      expect(await raw(path)).toBeGreaterThanOrEqual(400);
    }
    expect(await admin.get('/api/nothing', { accept: 'text/html' })).toMatchObject({ status: 404, body: { code: 'DLP_API_NOT_FOUND' } });
  });
});

describe('events', () => {
  const names = [
    '営業/顧客名簿.xlsx',
    'ﾌﾙ100%.csv',
    'under_score.txt',
    'underXscore.txt',
    `"quoted" AND 'it''s'.docx`,
    'ＦＵＬＬ.pdf',
    '名簿 OR 1=1 --.txt',
  ];

  beforeAll(async () => {
    const start = Date.parse('2026-04-01T00:00:00.000Z');
    const events = names.map((name, n) =>
      chain.append(encryptedBody(name, n % 2 === 0 ? 'tanaka' : 'suzuki'), new Date(start + n * 1000).toISOString()),
    );
    const low = chain.append({ type: 'agent.stopped', severity: 'info', data: { reason: 'SIGTERM' } }, '2026-04-01T01:00:00.000Z');
    await store(...events, low);
  });

  it('are found by any part of their words, without a wildcard, by look and not by width or case', async () => {
    expect(pathsOf(await search({ text: '顧客名' }))).toEqual(['営業/顧客名簿.xlsx']);
    expect(pathsOf(await search({ text: '名簿' }))).toEqual(['名簿 OR 1=1 --.txt', '営業/顧客名簿.xlsx']);
    expect(pathsOf(await search({ text: '名' }))).toHaveLength(2);
    expect(pathsOf(await search({ text: '%' }))).toEqual(['ﾌﾙ100%.csv']);
    expect(pathsOf(await search({ text: '100%' }))).toEqual(['ﾌﾙ100%.csv']);
    expect(pathsOf(await search({ text: 'under_score' }))).toEqual(['under_score.txt']);
    expect(pathsOf(await search({ text: '_' }))).toEqual(['under_score.txt']);
    expect(pathsOf(await search({ text: '%%%' }))).toEqual([]);
    expect(pathsOf(await search({ text: 'フル' }))).toEqual(['ﾌﾙ100%.csv']);
    expect(pathsOf(await search({ text: 'full.pdf' }))).toEqual(['ＦＵＬＬ.pdf']);
    expect(pathsOf(await search({ text: `"quoted"` }))).toEqual([names[4]]);
    expect(pathsOf(await search({ text: 'OR 1=1 --' }))).toEqual(['名簿 OR 1=1 --.txt']);
    expect(pathsOf(await search({ text: 'NEAR(' }))).toEqual([]);
    expect(pathsOf(await search({ text: 'tanaka 顧客' }))).toEqual(['営業/顧客名簿.xlsx']);
  });

  it('are found alike before and after they are in the index', async () => {
    const path = 'これは索引の試験です.txt';
    await store(chain.append(encryptedBody(path), '2026-03-01T00:00:00.000Z'));
    expect(pathsOf(await search({ text: '索引の試験' }))).toEqual([path]);
    const database = openForReading(join(state, STORE_FILE));
    const behind = 'SELECT (SELECT max(row) FROM events) - through AS behind FROM search_progress';
    await expect.poll(() => database.prepare(behind).get()?.['behind'], { timeout: 10_000 }).toBe(0);
    expect(database.prepare('SELECT count(*) AS n FROM event_search WHERE event_search MATCH ?').get('"索引の試験"')?.['n']).toBe(1);
    database.close();
    expect(pathsOf(await search({ text: '索引の試験' }))).toEqual([path]);
  });

  it('are narrowed by type, severity, user, agent and time', async () => {
    const day = { from: '2026-04-01T00:00:00.000Z', to: '2026-04-02T00:00:00.000Z' };
    expect((await search({ ...day })).events).toHaveLength(8);
    expect(pathsOf(await search({ ...day, type: 'agent.stopped' }))).toEqual(['agent.stopped']);
    expect((await search({ ...day, type: 'file.*,agent.stopped' })).events).toHaveLength(8);
    expect((await search({ ...day, type: 'file.*' })).events).toHaveLength(7);
    expect((await search({ ...day, severity: 'low' })).events).toHaveLength(7);
    expect((await search({ ...day, severity: 'high' })).events).toHaveLength(0);
    expect((await search({ ...day, user: 'suzuki' })).events).toHaveLength(3);
    expect((await search({ ...day, agent: 'somebody-else' })).events).toHaveLength(0);
    expect((await search({ from: '2026-04-01T00:00:02.000Z', to: '2026-04-01T00:00:04.000Z' })).events).toHaveLength(2);
  });

  it('come in pages, each once, newest first', async () => {
    const seen: string[] = [];
    let before: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof search>> = await search({ limit: '3', ...(before === null ? {} : { before }) });
      expect(page.events.length).toBeLessThanOrEqual(3);
      seen.push(...page.events.map(({ event }) => event.time));
      before = page.next;
    } while (before !== null);
    expect(seen).toHaveLength(chain.events.length);
    expect(seen).toEqual(seen.toSorted().toReversed());
  });

  it('are streamed to those who follow, from where they left off', async () => {
    const stop = new AbortController();
    const response = await fetch(`${collector.consoleUrl}/api/events/stream`, {
      headers: { cookie: admin.cookie, 'last-event-id': '2' },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader?.read())?.value ?? '';
    };
    await readUntil(`id: ${chain.events.length}\n`);
    expect(text.match(/^id: \d+$/gm)).toEqual(Array.from({ length: chain.events.length - 2 }, (_, n) => `id: ${n + 3}`));
    await store(chain.append(encryptedBody('live.xlsx')));
    await readUntil('live.xlsx.age');
    expect(text).toContain(`id: ${chain.events.length}\n`);
    stop.abort();
  });

  it('are summed up, and the fleet is shown', async () => {
    const summary = summaryResponse.parse((await admin.get('/api/summary')).body);
    expect(summary).toEqual({
      total: chain.events.length,
      agents: 1,
      last24h: { encrypted: 1, blocked: 0, held: 0, allowed: 0, failed: 0, persons: 2 },
    });
    expect((await admin.fleet()).agents).toMatchObject([
      { agent: agent.agent, host: 'pc-1', revoked: false, storedThrough: chain.events.length },
    ]);
  });

  it('that somebody searched for are remembered with the name of who did', async () => {
    const ken = await ConsoleClient.signedIn(collector.consoleUrl, 'ken', PASSWORD);
    await search({ user: 'suzuki' }, ken);
    await search({ user: 'suzuki' }, ken);
    const database = openForReading(join(state, STORE_FILE));
    const looks = database.prepare("SELECT user, detail FROM audit WHERE action = 'events.searched' AND user = 'ken'").all();
    database.close();
    expect(looks).toMatchObject([{ user: 'ken', detail: '{"user":"suzuki"}' }]);
  });
});

describe('a policy', () => {
  it('is handed out when an admin pushes it, with an ETag, and only upwards', async () => {
    const get = (headers: Record<string, string> = {}) => call(`${collector.agentUrl}/v1/policy`, agent, { method: 'GET', headers });
    expect(await get()).toMatchObject({ status: 404, body: { code: 'DLP_API_NOT_FOUND' } });
    const ken = await ConsoleClient.signedIn(collector.consoleUrl, 'ken', PASSWORD);
    const second = signedRelease(organisation, 2);
    expect(await ken.post('/api/policies', second)).toMatchObject({ status: 403, body: { code: 'DLP_AUTH_FORBIDDEN' } });
    expect(await admin.post('/api/policies', second)).toMatchObject({ status: 200, body: { name: 'test-policy', version: 2 } });
    const answer = await get();
    expect(answer).toMatchObject({ status: 200, body: second });
    const tag = String(answer.headers['etag']);
    expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(await get({ 'if-none-match': tag })).toMatchObject({ status: 304, body: null });
    for (const version of [1, 2]) {
      expect(await admin.post('/api/policies', signedRelease(organisation, version))).toMatchObject({
        status: 409,
        body: { code: 'DLP_POLICY_OLDER' },
      });
    }
    expect((await admin.get('/api/policy')).body).toMatchObject({ current: { release: { version: 2 }, pushedBy: 'hanako' } });
  });

  it('that is changed, signed by another, or expired is not taken', async () => {
    const good = signedRelease(organisation, 9);
    const payload = Buffer.from(Buffer.from(good.payload, 'base64').toString().replace('"version":9', '"version":8')).toString('base64');
    expect(await admin.post('/api/policies', { ...good, payload })).toMatchObject({ status: 400, body: { code: 'DLP_POLICY_SIGNATURE' } });
    const other = await makeOrganisation();
    expect(await admin.post('/api/policies', signedRelease(other, 9))).toMatchObject({
      status: 400,
      body: { code: 'DLP_POLICY_SIGNATURE' },
    });
    const old = signedRelease(organisation, 9, { notBefore: 1, expires: Date.now() - 1000 });
    expect(await admin.post('/api/policies', old)).toMatchObject({ status: 400, body: { code: 'DLP_POLICY_EXPIRED' } });
    expect((await admin.get('/api/policy')).body).toMatchObject({ current: { release: { version: 2 } } });
  });

  it('and a command end the wait of an agent at once', async () => {
    const wait = (version: number) => call(`${collector.agentUrl}/v1/wait?policyVersion=${version}`, agent, { method: 'GET' });
    expect(await wait(1)).toMatchObject({ status: 200, body: { policyVersion: 2, commands: [] } });
    const waiting = wait(2);
    const issued = await admin.post('/api/commands', { agent: agent.agent, body: { kind: 'screen.lock' } });
    expect((await waiting).body).toEqual({ policyVersion: 2, commands: [issued.body] });
    const again = wait(2);
    await admin.post('/api/policies', signedRelease(organisation, 3));
    expect((await again).body).toEqual({ policyVersion: 3, commands: [] });
    expect(await admin.post('/api/commands', { agent: 'nobody-here', body: { kind: 'screen.lock' } })).toMatchObject({ status: 404 });
  });
});
