import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { importIdentity, recipientOf } from './keys.ts';

/**
 * Reads a stock age identity file: one identity a line, `#` comments and empty lines skipped (docs/spec/age.md section 5).
 * Identities of other kinds (plugins, SSH) are refused rather than skipped: a key silently left out is a file that will not open.
 * Messages name the line, never its text.
 */
export function parseIdentityFile(text: string): Result<string[], Failure> {
  const identities: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const key = importIdentity(line);
    if (!key.ok) return err(failure('DLP_AGE_IDENTITY', `Line ${index + 1} of the identity file: ${key.error.message}`));
    identities.push(line);
  }
  return identities.length === 0
    ? err(failure('DLP_AGE_IDENTITY', 'The identity file holds no identity (a line AGE-SECRET-KEY-1…).'))
    : ok(identities);
}

/**
 * The file as age-keygen writes it.
 * @throws TypeError when `identity` is not one: callers format what they generated or parsed.
 */
export function formatIdentityFile(identity: string, created: Date): string {
  const recipient = recipientOf(identity);
  if (!recipient.ok) throw new TypeError(recipient.error.message);
  const instant = created.toISOString().replace(/\.\d+Z$/, 'Z');
  return `# created: ${instant}\n# public key: ${recipient.value}\n${identity}\n`;
}
