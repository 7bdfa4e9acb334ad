import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, loadEnrolment } from '../../src/agent/enrolment/index.ts';
import type { RunningCollector } from '../../src/collector/index.ts';
import { agentOf, createCsr, generateRsaKey, type Organisation, parseEnrolmentToken } from '../../src/pki/index.ts';
import { call, collectorOn, makeOrganisation, makeToken, temporaryFolder } from './support.ts';

const state = temporaryFolder('collector');
let organisation: Organisation;
let collector: RunningCollector;

beforeAll(async () => {
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation);
});
afterAll(() => collector.stop());

const token = (validMillis?: number): string => makeToken(state, organisation, collector.agentUrl, validMillis);
const enrolInto = (stateFolder: string, text: string) => enroll({ token: text, stateFolder, host: 'pc-1', os: 'Debian 12' });

const refusedToken = { ok: false, error: { code: 'DLP_ENROLL_TOKEN', retryable: false } };

describe('enrolment', () => {
  it('gives this PC an identity of its own, kept where its owner alone can read it', async () => {
    const folder = join(temporaryFolder('agent'), 'state');
    const result = await enrolInto(folder, token());
    if (!result.ok) throw new Error(result.error.message);
    expect(loadEnrolment(folder)).toEqual(result);
    expect(readdirSync(folder)).toEqual(['enrolment.json']);
    expect(statSync(join(folder, 'enrolment.json')).mode & 0o777).toBe(0o600);
    const { agent, certificate, policyKey, groupIdentity } = result.value;
    expect(agentOf(new X509Certificate(certificate))).toBe(agent);
    expect(policyKey).toBe(organisation.policyPublicKey);
    expect(groupIdentity).toBe(organisation.groupIdentity);
  });

  it('gives a certificate that openssl verifies under the organisation', async () => {
    const folder = temporaryFolder('agent');
    const result = await enrolInto(folder, token());
    if (!result.ok) throw new Error(result.error.message);
    const path = join(folder, 'agent.crt');
    writeFileSync(path, result.value.certificate);
    const ca = join(organisation.folder, 'ca.crt');
    expect(execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', ca, path]).toString()).toContain('OK');
    const days = (new X509Certificate(result.value.certificate).validToDate.getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(365);
  });

  it('works once for a token, also when many PCs try it at the same moment', async () => {
    const text = token();
    const results = await Promise.all(Array.from({ length: 6 }, () => enrolInto(temporaryFolder('agent'), text)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    for (const result of results.filter(({ ok }) => !ok)) expect(result).toMatchObject(refusedToken);
    expect(await enrolInto(temporaryFolder('agent'), text)).toMatchObject(refusedToken);
  });

  it('refuses a token that is expired, unknown, or no token', async () => {
    expect(await enrolInto(temporaryFolder('agent'), token(-1))).toMatchObject(refusedToken);
    expect(await enrolInto(temporaryFolder('agent'), makeToken(temporaryFolder('other'), organisation, collector.agentUrl))).toMatchObject(
      refusedToken,
    );
    for (const text of ['', 'sekisho1.', 'sekisho1.e30', token().slice(0, -20)]) {
      expect(await enrolInto(temporaryFolder('agent'), text)).toMatchObject(refusedToken);
    }
  });

  it('leaves an enrolled PC as it is', async () => {
    const folder = temporaryFolder('agent');
    await enrolInto(folder, token());
    const before = readFileSync(join(folder, 'enrolment.json'), 'utf8');
    expect(await enrolInto(folder, token())).toMatchObject({ ok: false, error: { code: 'DLP_FILE_EXISTS' } });
    expect(readFileSync(join(folder, 'enrolment.json'), 'utf8')).toBe(before);
  });

  it('keeps no token in readable form in the store', async () => {
    const text = token();
    const parsed = parseEnrolmentToken(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const entries = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(parsed.value.secret));
    expect(files.length).toBeGreaterThan(0);
    expect(files).not.toContain(true);
  });

  it('refuses a request that is not a certificate request, and does not use up the token for it', async () => {
    const text = token();
    const parsed = parseEnrolmentToken(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const ca = organisation.authority.certificate;
    const body = { token: parsed.value.secret, csr: 'x'.repeat(100), host: 'pc', os: 'x' };
    expect(await call(`${collector.agentUrl}/v1/enroll`, { ca }, { body })).toMatchObject({
      status: 400,
      body: { code: 'DLP_ENROLL_CSR' },
    });
    const csr = createCsr(await generateRsaKey(), 'pc');
    const odd = { token: parsed.value.secret, csr, host: 'pc', os: 'x', agent: 'agent-1' };
    expect(await call(`${collector.agentUrl}/v1/enroll`, { ca }, { body: odd })).toMatchObject({
      status: 400,
      body: { code: 'DLP_API_BODY' },
    });
    expect(await enrolInto(temporaryFolder('agent'), text)).toMatchObject({ ok: true });
  });
});

describe('a PC that meets something else than its collector', () => {
  it('tells it nothing, though it presents a copy of the true CA certificate', async () => {
    const impostor = await makeOrganisation();
    const other = await collectorOn(temporaryFolder('impostor'), impostor);
    const heard: string[] = [];
    // The impostor has its own key, and sends the true CA's certificate along, since that is public.
    const folder = temporaryFolder('impostor-files');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        join(folder, 'crt.pem'),
      ],
      { stdio: 'pipe' },
    );
    const server = createServer(
      {
        key: readFileSync(join(folder, 'key.pem')),
        cert: `${readFileSync(join(folder, 'crt.pem'), 'utf8')}${organisation.authority.certificate}`,
      },
      (request, response) => {
        heard.push(request.url ?? '');
        response.end('{}');
      },
    );
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const url of [other.agentUrl, `https://127.0.0.1:${port}`]) {
      const stateFolder = temporaryFolder('agent');
      expect(await enrolInto(stateFolder, makeToken(state, organisation, url))).toMatchObject({
        ok: false,
        error: { code: 'DLP_ENROLL_CA' },
      });
      expect(existsSync(join(stateFolder, 'enrolment.json'))).toBe(false);
    }
    expect(heard).toEqual([]);
    await other.stop();
    server.close();
  });

  it('says that nobody is there', async () => {
    const result = await enrolInto(temporaryFolder('agent'), makeToken(state, organisation, 'https://127.0.0.1:1'));
    expect(result).toMatchObject({ ok: false, error: { code: 'DLP_SYNC_OFFLINE', retryable: true } });
  });
});

describe('an enrolment at rest', () => {
  it('is refused when others can read it, when it is a link, and when it is damaged', async () => {
    const folder = temporaryFolder('agent');
    await enrolInto(folder, token());
    const path = join(folder, 'enrolment.json');
    const text = readFileSync(path, 'utf8');
    const elsewhere = temporaryFolder('agent');
    execFileSync('ln', ['-s', path, join(elsewhere, 'enrolment.json')]);
    expect(loadEnrolment(elsewhere)).toMatchObject({ ok: false, error: { code: 'DLP_KEY_FILE' } });
    execFileSync('chmod', ['644', path]);
    expect(loadEnrolment(folder)).toMatchObject({ ok: false, error: { code: 'DLP_KEY_FILE' } });
    execFileSync('chmod', ['600', path]);
    writeFileSync(path, text.slice(0, 100));
    expect(loadEnrolment(folder)).toMatchObject({ ok: false, error: { code: 'DLP_KEY_FILE' } });
  });

  it('is missing where there is none', () => {
    expect(loadEnrolment(temporaryFolder('agent'))).toMatchObject({ ok: false, error: { code: 'DLP_ENROLL_MISSING' } });
  });
});
