import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOrganisation, openOrganisation, privateKeyFromPem, publicKeyPem } from '../../src/pki/index.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'sekisho-org-')), 'org');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeAll(async () => {
  const made = await createOrganisation(folder, 'Example 株式会社');
  if (!made.ok) throw new Error(made.error.message);
});

describe('an organisation', () => {
  it('has its secrets readable by their owner alone', () => {
    const open = ['policy.key', 'ca.key', 'recovery.identity', 'group.identity'].filter(
      (file) => (statSync(join(folder, file)).mode & 0o777) !== 0o600,
    );
    expect(open).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual([
      'ca.crt',
      'ca.key',
      'group.identity',
      'organisation.json',
      'policy.key',
      'policy.pub',
      'recipients.txt',
      'recovery.identity',
      'releases',
    ]);
  });

  it('has a CA that openssl accepts and a policy key pair that fits', () => {
    expect(
      execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', join(folder, 'ca.crt'), join(folder, 'ca.crt')]).toString(),
    ).toContain('OK');
    expect(publicKeyPem(createPublicKey(privateKeyFromPem(read('policy.key'))))).toBe(read('policy.pub'));
    expect(privateKeyFromPem(read('policy.key')).asymmetricKeyType).toBe('ed25519');
  });

  it('lists the recovery recipient first, then the group, each that of its identity file', () => {
    const [recovery, group] = read('recipients.txt').trim().split('\n');
    expect(read('recovery.identity')).toContain(`# public key: ${recovery}`);
    expect(read('group.identity')).toContain(`# public key: ${group}`);
  });

  it('opens again without the keys that belong elsewhere', async () => {
    rmSync(join(folder, 'policy.key'));
    rmSync(join(folder, 'recovery.identity'));
    const opened = await openOrganisation(folder);
    expect(opened).toMatchObject({
      ok: true,
      value: { name: 'Example 株式会社', recipients: [expect.stringMatching(/^age1/), expect.stringMatching(/^age1/)] },
    });
  });

  it('is never made over one that is there', async () => {
    const before = read('ca.key');
    expect(await createOrganisation(folder, 'Another')).toMatchObject({ ok: false, error: { code: 'DLP_ORG_EXISTS' } });
    expect(read('ca.key')).toBe(before);
  });

  it('is missing where there is none, and says so when a key is damaged', async () => {
    expect(await openOrganisation(join(folder, 'nowhere'))).toMatchObject({ ok: false, error: { code: 'DLP_ORG_MISSING' } });
    chmodSync(join(folder, 'ca.key'), 0o600);
    writeFileSync(join(folder, 'ca.key'), 'no key');
    expect(await openOrganisation(folder)).toMatchObject({ ok: false, error: { code: 'DLP_KEY_FILE' } });
  });
});
