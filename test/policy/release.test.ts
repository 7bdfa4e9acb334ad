import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dsseEnvelope, POLICY_RELEASE_TYPE } from '../../src/contracts/policy.ts';
import { keyId, openEnvelope, preAuthenticationEncoding, signEnvelope } from '../../src/policy/dsse.ts';
import { envelopeText, reopenRelease, signRelease, verifyRelease } from '../../src/policy/index.ts';
import { newPolicyKeys } from './keys.ts';
import { later, NOW, release, signed } from './releases.ts';

const keys = newPolicyKeys();
const check = (text: string, more: Partial<Parameters<typeof verifyRelease>[1]> = {}) =>
  verifyRelease(text, { publicKeyPem: keys.publicKeyPem, now: NOW, ...more });
const codeOf = (result: ReturnType<typeof verifyRelease>) => (result.ok ? 'ok' : result.error.code);
const signPayload = (payload: string, type = POLICY_RELEASE_TYPE) =>
  envelopeText(signEnvelope(type, Buffer.from(payload), createPrivateKey(keys.privateKeyPem)));

describe('preAuthenticationEncoding', () => {
  it('gives the bytes of the DSSE specification', () => {
    const bytes = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(bytes.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(preAuthenticationEncoding('型', Buffer.from('関所')).toString()).toBe('DSSEv1 3 型 6 関所');
  });
});

describe('openEnvelope', () => {
  it('opens what it signed, and not under another type', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (type, payload) => {
        const envelope = signEnvelope(`t${type}`, payload, createPrivateKey(keys.privateKeyPem));
        expect(openEnvelope(envelope, createPublicKey(keys.publicKeyPem))).toEqual(Buffer.from(payload));
        expect(openEnvelope({ ...envelope, payloadType: `${envelope.payloadType}x` }, createPublicKey(keys.publicKeyPem))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('finds its own signature among those of others, and one without a keyid', () => {
    const mine = signRelease({ release: release(), privateKeyPem: keys.privateKeyPem });
    const other = signRelease({ release: release(), privateKeyPem: newPolicyKeys().privateKeyPem });
    const both = { ...mine, signatures: [...other.signatures, ...mine.signatures.map((signature) => ({ ...signature, keyid: '' }))] };
    expect(openEnvelope(both, createPublicKey(keys.publicKeyPem))).toBeDefined();
    expect(openEnvelope(other, createPublicKey(keys.publicKeyPem))).toBeUndefined();
  });
});

describe('verifyRelease', () => {
  it('gives back the policy, its reference and the digest of what was signed', () => {
    const text = signed(keys.privateKeyPem);
    const result = check(text);
    expect(result).toMatchObject({
      ok: true,
      value: { reference: { name: 'office', version: 1 }, policy: { name: 'office', default: 'record' } },
    });
    expect(result.ok && result.value.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(result.ok && result.value.release.source).toContain('# everything is recorded');
  });

  it.each(['', '{}', 'rules: []', '{"payload":"","payloadType":"x","signatures":[]}', 'null', '[[[['])('refuses %j as unsigned', (text) => {
    expect(codeOf(check(text))).toBe('DLP_POLICY_UNSIGNED');
  });

  it('refuses another key', () => {
    expect(codeOf(check(signed(newPolicyKeys().privateKeyPem)))).toBe('DLP_POLICY_SIGNATURE');
  });

  it('refuses every change of the payload, of its type or of the signature', () => {
    const envelope = dsseEnvelope.parse(JSON.parse(signed(keys.privateKeyPem)));
    const payload = Buffer.from(envelope.payload, 'base64');
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(payload);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(codeOf(check(JSON.stringify({ ...envelope, payload: changed.toString('base64') })))).toBe('DLP_POLICY_SIGNATURE');
      }),
    );
    expect(codeOf(check(JSON.stringify({ ...envelope, payloadType: 'application/json' })))).toBe('DLP_POLICY_SIGNATURE');
    const [first] = envelope.signatures;
    const sig = Buffer.alloc(64).toString('base64');
    expect(codeOf(check(JSON.stringify({ ...envelope, signatures: [{ ...first, sig }] })))).toBe('DLP_POLICY_SIGNATURE');
  });

  it('does not look into a payload that is not signed', () => {
    const envelope = dsseEnvelope.parse(JSON.parse(signPayload('not json at all')));
    expect(codeOf(check(JSON.stringify(envelope)))).toBe('DLP_POLICY_SYNTAX');
    expect(codeOf(check(JSON.stringify({ ...envelope, payload: 'AAAA' })))).toBe('DLP_POLICY_SIGNATURE');
  });

  it('refuses what was signed as something else', () => {
    expect(codeOf(check(signPayload(JSON.stringify(release()), 'application/vnd.sekisho.command+json')))).toBe('DLP_POLICY_TYPE');
  });

  it.each([
    ['an unknown member', { ...release(), extra: 1 }, 'DLP_POLICY_SCHEMA'],
    ['no recipients', { ...release(), recipients: [] }, 'DLP_POLICY_SCHEMA'],
    ['version zero', { ...release(), version: 0 }, 'DLP_POLICY_SCHEMA'],
    ['an end before its beginning', { ...release(), expires: NOW.toISOString() }, 'DLP_POLICY_SCHEMA'],
    ['another name than its policy', { ...release(), name: 'elsewhere' }, 'DLP_POLICY_SCHEMA'],
    ['a policy that is no YAML', { ...release(), source: 'rules: [' }, 'DLP_POLICY_SYNTAX'],
    ['a policy with a mistake', { ...release(), source: 'format: sekisho-policy/1\nname: office' }, 'DLP_POLICY_SCHEMA'],
  ])('refuses a release with %s', (_, payload, code) => {
    expect(codeOf(check(signPayload(JSON.stringify(payload))))).toBe(code);
  });

  it('holds from its beginning, give or take five minutes, up to and not at its end', () => {
    const text = signed(keys.privateKeyPem);
    expect(codeOf(check(text, { now: later(-1) }))).toBe('DLP_POLICY_NOT_YET');
    expect(codeOf(check(text, { now: new Date(NOW.getTime() - 300_001) }))).toBe('DLP_POLICY_NOT_YET');
    expect(codeOf(check(text, { now: new Date(NOW.getTime() - 300_000) }))).toBe('ok');
    expect(codeOf(check(text, { now: NOW }))).toBe('ok');
    expect(codeOf(check(text, { now: new Date(later(30).getTime() - 1) }))).toBe('ok');
    expect(codeOf(check(text, { now: later(30) }))).toBe('DLP_POLICY_EXPIRED');
  });

  it('refuses an older one, and the same number with other content', () => {
    const [second, other, third] = [2, 2, 3].map((version, index) =>
      signed(keys.privateKeyPem, { version, expires: later(40 + index).toISOString() }),
    );
    const accepted = check(second ?? '');
    if (!accepted.ok) throw new Error(accepted.error.message);
    const current = { version: 2, digest: accepted.value.digest };
    expect(codeOf(check(signed(keys.privateKeyPem), { current }))).toBe('DLP_POLICY_OLDER');
    expect(codeOf(check(other ?? '', { current }))).toBe('DLP_POLICY_OLDER');
    expect(codeOf(check(second ?? '', { current }))).toBe('ok');
    expect(codeOf(check(third ?? '', { current }))).toBe('ok');
  });

  it('reopens one that has expired since', () => {
    expect(reopenRelease(signed(keys.privateKeyPem), keys.publicKeyPem).ok).toBe(true);
  });
});

describe('from outside', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sekisho-dsse-'));
  });
  const file = (name: string, data: string | Uint8Array): string => {
    writeFileSync(join(folder, name), data);
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('openssl accepts the signature, and computes the same key id', () => {
    const envelope = signRelease({ release: release(), privateKeyPem: keys.privateKeyPem });
    const key = file('policy.pub', keys.publicKeyPem);
    const signedBytes = file('pae', preAuthenticationEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64')));
    const signature = file('sig', Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64'));
    const said = execFileSync('openssl', [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      key,
      '-rawin',
      '-in',
      signedBytes,
      '-sigfile',
      signature,
    ]);
    expect(said.toString()).toContain('Signature Verified Successfully');
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', key, '-outform', 'DER']);
    const digest = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der }).toString().slice(0, 64);
    expect(keyId(createPublicKey(keys.publicKeyPem))).toBe(digest);
    expect(envelope.signatures[0]?.keyid).toBe(digest);
  });

  it('the commands of docs/spec/policy-release.md section 6 do what they say', () => {
    const page = readFileSync(new URL('../../docs/spec/policy-release.md', import.meta.url), 'utf8');
    const commands = /```sh\n([^`]+)```/.exec(page)?.[1] ?? '';
    const env = { ...process.env, RELEASE: file('release.dsse.json', signed(keys.privateKeyPem)), KEY: file('key.pub', keys.publicKeyPem) };
    const said = execFileSync('sh', ['-e', '-c', commands], { cwd: folder, env }).toString();
    expect(said).toContain('Signature Verified Successfully');
    expect(said).toContain(keyId(createPublicKey(keys.publicKeyPem)));
  });
});
