import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must, sekisho, Service } from '../../scripts/practice/sekisho.ts';
import { loadEnrolment } from '../../src/agent/enrolment/index.ts';
import type { Organisation } from '../../src/pki/index.ts';
import { ConsoleClient, signedRelease } from '../collector/console-client.ts';
import { makeOrganisation, temporaryFolder } from '../collector/support.ts';

const PASSWORD = 'correct horse battery';
const state = temporaryFolder('collector');
let organisation: Organisation;
let collector: Service;

beforeAll(async () => {
  organisation = await makeOrganisation();
  const where = ['--org', organisation.folder, '--state', state];
  collector = await Service.start('collector', ['collector', 'run', ...where, '--agent-port', '0', '--console-port', '0']);
});
afterAll(() => collector.stop());

const token = async (...more: string[]): Promise<string> => {
  const url = ['--url', collector.text('agentUrl')];
  return (await must(['collector', 'token', '--org', organisation.folder, '--state', state, ...url, ...more])).trim();
};

describe('sekisho collector', () => {
  it('prints a token, with which a PC enrols once while the collector runs', async () => {
    const folder = temporaryFolder('agent');
    const text = await token('--valid', '5m');
    const enrolled = await sekisho(['enroll', '--token', text, '--state', folder, '--json']);
    expect(enrolled).toMatchObject({ code: 0, stderr: '' });
    const loaded = loadEnrolment(folder);
    expect(loaded).toMatchObject({
      ok: true,
      value: JSON.parse(enrolled.stdout, (key, value: unknown) => (key === 'state' ? undefined : value)),
    });

    const again = await sekisho(['enroll', '--token', text, '--state', temporaryFolder('agent')]);
    expect(again).toMatchObject({
      code: 2,
      stderr: 'This enrolment token is unknown, used or expired. Ask for a new one. (DLP_ENROLL_TOKEN)\n',
    });
  });

  it('adds people, who push releases; the password comes from standard input', async () => {
    expect(
      await sekisho(['collector', 'user', 'add', 'hanako', '--role', 'admin', '--state', state, '--password-file', '-'], 'short\n'),
    ).toMatchObject({ code: 2 });
    await must(['collector', 'user', 'add', 'hanako', '--role', 'admin', '--state', state, '--password-file', '-'], `${PASSWORD}\n`);
    const release = join(temporaryFolder('release'), 'release.dsse.json');
    writeFileSync(release, JSON.stringify(signedRelease(organisation, 4)));
    const push = [
      'policy',
      'push',
      release,
      '--collector',
      collector.text('consoleUrl'),
      '--user',
      'hanako',
      '--password-file',
      '-',
      '--json',
    ];
    const pushed = await sekisho(push, PASSWORD);
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(pushed.stdout)).toEqual({ name: 'test-policy', version: 4, indexes: [] });
    const again = await sekisho(push, PASSWORD);
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'DLP_POLICY_OLDER' } });
    expect(JSON.parse((await sekisho(push, 'wrong')).stdout)).toMatchObject({ error: { code: 'DLP_AUTH_FAILED' } });
  });

  it('revokes an agent', async () => {
    const folder = temporaryFolder('agent');
    await must(['enroll', '--token', await token(), '--state', folder]);
    const loaded = loadEnrolment(folder);
    if (!loaded.ok) throw new Error(loaded.error.message);
    await must(['collector', 'revoke', loaded.value.agent, '--state', state]);
    const admin = await ConsoleClient.signedIn(collector.text('consoleUrl'), 'hanako', PASSWORD);
    expect((await admin.fleet()).agents.find(({ agent }) => agent === loaded.value.agent)).toMatchObject({ revoked: true });
    expect(await sekisho(['collector', 'revoke', 'nobody-here', '--state', state])).toMatchObject({ code: 2 });
  });

  it('says what is wrong when it cannot run', async () => {
    const missing = await sekisho(['collector', 'run', '--org', temporaryFolder('empty'), '--state', state]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('DLP_ORG_MISSING');
    const taken = new URL(collector.text('agentUrl')).port;
    const busy = await sekisho([
      'collector',
      'run',
      '--org',
      organisation.folder,
      '--state',
      temporaryFolder('busy'),
      '--agent-port',
      taken,
      '--console-port',
      '0',
    ]);
    expect(busy.code).toBe(2);
    expect(busy.stderr).toContain('EADDRINUSE');
    expect(await sekisho(['collector', 'run', '--org', organisation.folder, '--state', state, '--agent-port', '70000'])).toMatchObject({
      code: 2,
    });
  });

  it('ends cleanly when asked to', async () => {
    const where = ['--org', organisation.folder, '--state', temporaryFolder('collector')];
    const other = await Service.start('collector', ['collector', 'run', ...where, '--agent-port', '0', '--console-port', '0']);
    await other.stop('SIGTERM');
    await expect(fetch(other.text('consoleUrl'))).rejects.toThrow(/fetch failed/);
  });
});
