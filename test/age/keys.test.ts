import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bech32 } from '@scure/base';
import { formatIdentityFile, generateIdentity, isRecipient, parseIdentityFile, recipientOf } from '../../src/age/index.ts';
import { AGE_IS_INSTALLED } from './stock-age.ts';

// The pair the age specification shows.
const IDENTITY = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX';
const RECIPIENT = 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj';

describe('identities', () => {
  it('give the recipient the specification shows', () => {
    expect(recipientOf(IDENTITY)).toEqual({ ok: true, value: RECIPIENT });
  });

  it('are new each time and give the recipient they were made with', () => {
    const [one, two] = [generateIdentity(), generateIdentity()];
    expect(one.identity).not.toBe(two.identity);
    expect(recipientOf(one.identity)).toEqual({ ok: true, value: one.recipient });
  });

  it('exist for every 32 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => {
        const recipient = recipientOf(bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase());
        expect(recipient.ok && isRecipient(recipient.value)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['too few letters', 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZG'],
    ['small letters', IDENTITY.toLowerCase()],
    ['mixed letters', IDENTITY.replace('GFP', 'gfp')],
    ['a wrong checksum', IDENTITY.replace(/X$/, 'Q')],
    ['31 bytes', bech32.encodeFromBytes('age-secret-key-', new Uint8Array(31)).toUpperCase()],
    ['33 bytes', bech32.encodeFromBytes('age-secret-key-', new Uint8Array(33)).toUpperCase()],
    ['a post-quantum identity', bech32.encodeFromBytes('age-secret-key-pq-', new Uint8Array(32)).toUpperCase()],
    ['a recipient', RECIPIENT],
    ['a line feed after it', `${IDENTITY}\n`],
  ])('refuse %s, without repeating it', (_, text) => {
    const result = recipientOf(text);
    expect(result).toMatchObject({ ok: false, error: { code: 'DLP_AGE_IDENTITY' } });
    expect(JSON.stringify(result)).not.toContain(text.slice(20));
  });
});

describe('recipients', () => {
  it.each([
    ['nothing', ''],
    ['capitals', RECIPIENT.toUpperCase()],
    ['a wrong checksum', RECIPIENT.replace(/j$/, 'q')],
    ['31 bytes', bech32.encodeFromBytes('age', new Uint8Array(31))],
    ['an identity', IDENTITY],
    ['a plugin', bech32.encodeFromBytes('age1yubikey', new Uint8Array(33))],
    ['an SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN'],
  ])('refuse %s', (_, text) => {
    expect(isRecipient(text)).toBe(false);
  });
});

describe('identity files', () => {
  it('come back from what was written, whatever stands around', () => {
    const other = generateIdentity().identity;
    const text = formatIdentityFile(IDENTITY, new Date(0));
    expect(text).toBe(`# created: 1970-01-01T00:00:00Z\n# public key: ${RECIPIENT}\n${IDENTITY}\n`);
    expect(parseIdentityFile(`${text}\n\n# another\r\n${other}\r\n`)).toEqual({ ok: true, value: [IDENTITY, other] });
  });

  it.each([
    ['no identity', '# nothing\n\n', 'no identity'],
    ['a plugin identity', `${IDENTITY}\nAGE-PLUGIN-YUBIKEY-1Q\n`, 'Line 2'],
    ['a misspelt identity', `# one\n\n${IDENTITY.replace(/X$/, 'Q')}\n`, 'Line 3'],
    ['a leading space', ` ${IDENTITY}`, 'Line 1'],
  ])('are refused with %s, naming the line and never its text', (_, text, words) => {
    const result = parseIdentityFile(text);
    expect(result).toMatchObject({ ok: false, error: { code: 'DLP_AGE_IDENTITY', message: expect.stringContaining(words) } });
    expect(JSON.stringify(result)).not.toContain('GFPYY');
  });

  it.skipIf(!AGE_IS_INSTALLED)('of age-keygen are read, and age-keygen reads ours', () => {
    const theirs = spawnSync('age-keygen', { encoding: 'utf8' }).stdout;
    const parsed = parseIdentityFile(theirs);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const recipient = recipientOf(parsed.value[0] ?? '');
    expect(recipient.ok && theirs.includes(`# public key: ${recipient.value}\n`)).toBe(true);
    const ours = spawnSync('age-keygen', ['-y'], { input: formatIdentityFile(IDENTITY, new Date()), encoding: 'utf8' });
    expect(ours.stdout.trim()).toBe(RECIPIENT);
  });
});
