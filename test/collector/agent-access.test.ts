import { createPublicKey, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enrolment } from '../../src/agent/enrolment/index.ts';
import { buildAgentApi } from '../../src/collector/agent-api/build-agent-api.ts';
import { administration, type RunningCollector } from '../../src/collector/index.ts';
import { IndexFolder } from '../../src/collector/index-folder.ts';
import { Signals } from '../../src/collector/signals.ts';
import { openStore } from '../../src/collector/store/store.ts';
import { issueAgentCertificate, type Organisation, privateKeyFromPem } from '../../src/pki/index.ts';
import { batchOf, call, collectorOn, enrolled, makeOrganisation, temporaryFolder, TestChain } from './support.ts';

const state = temporaryFolder('collector');
let organisation: Organisation;
let collector: RunningCollector;
let agent: Enrolment;

beforeAll(async () => {
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation);
  agent = await enrolled(state, organisation, collector.agentUrl);
});
afterAll(() => collector.stop());

const preflight = { body: { version: '0.1.0', os: 'Debian 12', spooled: 0 } };
const knock = (identity: { privateKey?: string; certificate?: string }, path = '/v1/preflight') =>
  call(`${collector.agentUrl}${path}`, { ca: organisation.authority.certificate, ...identity }, preflight);

const order = (days: number, now = Date.now()) => ({
  agent: agent.agent,
  publicKey: createPublicKey(privateKeyFromPem(agent.privateKey)),
  days,
  now,
});

describe('every route but enrolment', () => {
  it('lets an enrolled agent in', async () => {
    expect(await knock(agent)).toMatchObject({ status: 200, body: { storedThrough: 0, batchSize: 500, commands: [] } });
  });

  it.each(['/v1/preflight', '/v1/events', '/v1/postflight'])('refuses %s without a certificate', async (path) => {
    expect(await knock({}, path)).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
  });

  it('refuses a self-signed certificate with the right name in it', async () => {
    const folder = temporaryFolder('forger');
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'crt.pem')];
    const san = `subjectAltName=URI:urn:sekisho:agent:${agent.agent}`;
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-subj', `/CN=${agent.agent}`, '-addext', san, '-keyout', key, '-out', cert],
      { stdio: 'pipe' },
    );
    const forged = { privateKey: readFileSync(key, 'utf8'), certificate: readFileSync(cert, 'utf8') };
    expect(await knock(forged)).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
  });

  it('refuses a certificate of another organisation', async () => {
    const other = await makeOrganisation();
    const certificate = issueAgentCertificate(other.authority, order(90));
    expect(await knock({ privateKey: agent.privateKey, certificate })).toMatchObject({ status: 401, body: { code: 'DLP_AUTH_REQUIRED' } });
  });

  it('refuses a certificate that has expired or that the collector never gave out', async () => {
    const expired = issueAgentCertificate(organisation.authority, order(90, Date.now() - 91 * 86_400_000));
    expect(await knock({ privateKey: agent.privateKey, certificate: expired })).toMatchObject({
      status: 401,
      body: { code: 'DLP_AUTH_REQUIRED' },
    });
    const unknown = issueAgentCertificate(organisation.authority, order(90));
    expect(await knock({ privateKey: agent.privateKey, certificate: unknown })).toMatchObject({
      status: 401,
      body: { code: 'DLP_AUTH_REQUIRED' },
    });
  });

  it("refuses the collector's own certificate as an agent's", async () => {
    const [privateKey, certificate] = [readFileSync(join(state, 'server.key'), 'utf8'), readFileSync(join(state, 'server.crt'), 'utf8')];
    expect(await knock({ privateKey, certificate })).toMatchObject({ status: 401 });
  });

  it('refuses a revoked agent from its next request on, on a connection that is already open', async () => {
    const doomed = await enrolled(state, organisation, collector.agentUrl, 'pc-doomed');
    const keepAlive = new Agent({ keepAlive: true, maxSockets: 1, ca: doomed.ca, key: doomed.privateKey, cert: doomed.certificate });
    const ask = (): Promise<{ status: number; reused: boolean }> =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${collector.agentUrl}/v1/policy`, { agent: keepAlive }, (response) => {
          response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, reused: outgoing.reusedSocket }));
        });
        outgoing.on('error', reject).end();
      });
    expect(await ask()).toEqual({ status: 404, reused: false });
    expect(administration(state).revoke(doomed.agent)).toBe(true);
    expect(await ask()).toEqual({ status: 403, reused: true });
    keepAlive.destroy();
  });
});

describe('the listener', () => {
  it('speaks TLS 1.3 and nothing older', async () => {
    const { hostname, port } = new URL(collector.agentUrl);
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port), maxVersion: 'TLSv1.2', ca: organisation.authority.certificate });
      socket.once('secureConnect', () => resolve('connected'));
      socket.once('error', (error) => resolve(error.message));
    });
    expect(outcome).toMatch(/protocol version|alert/i);
  });

  it('refuses a body that is too large, without storing anything of it', async () => {
    const chain = new TestChain(agent.agent);
    chain.grow(1);
    const body = Buffer.concat([Buffer.from(JSON.stringify(batchOf(agent, chain.events))), Buffer.alloc(17 * 1024 * 1024, ' ')]);
    const outcome = await call(`${collector.agentUrl}/v1/events`, agent, { body }).then(
      (answer) => answer.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    // The answer may be lost when the connection is cut under a client that is still sending.
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(outcome);
    expect(await knock(agent)).toMatchObject({ body: { storedThrough: 0 } });
  });

  it('refuses other kinds of body, other methods and other places', async () => {
    const xml = { body: '<a/>', headers: { 'content-type': 'text/xml' } };
    expect(await call(`${collector.agentUrl}/v1/preflight`, agent, xml)).toMatchObject({ status: 415, body: { code: 'DLP_API_BODY' } });
    expect(await call(`${collector.agentUrl}/v1/preflight`, agent, { method: 'GET' })).toMatchObject({
      status: 404,
      body: { code: 'DLP_API_NOT_FOUND' },
    });
    expect(await call(`${collector.agentUrl}/api/events`, agent, { method: 'GET' })).toMatchObject({ status: 404 });
  });

  it('cuts off a client that sends its body too slowly, and serves others meanwhile', async () => {
    const folder = temporaryFolder('slow');
    const store = await openStore(folder, (error) => {
      throw error;
    });
    const certificate = new X509Certificate(agent.certificate);
    const dependencies = {
      store,
      organisation,
      signals: new Signals(),
      indexes: await IndexFolder.open(join(folder, 'indexes')),
      now: Date.now,
    };
    const app = await buildAgentApi(dependencies, { peerCertificate: () => certificate, requestMillis: 300 });
    const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const { connect: connectPlain } = await import('node:net');
    const slow = connectPlain(Number(url.port), url.hostname);
    slow.write('POST /v1/enroll HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{');
    const closed = new Promise<string>((resolve) => {
      let text = '';
      slow.on('data', (chunk) => {
        text += String(chunk);
      });
      slow.on('close', () => resolve(text));
      slow.on('error', () => resolve(text));
    });
    const answer = await fetch(new URL('/v1/policy', url));
    expect(answer.status).toBe(401);
    expect(await closed).toMatch(/408|^$/);
    await app.close();
    await store.close();
  });
});
