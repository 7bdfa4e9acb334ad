import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Failure, failure } from '../contracts/errors.ts';
import { sha256Hex } from '../contracts/ids.ts';
import { err, ok, type Result } from '../contracts/result.ts';

const PREFIX = 'sekisho1.';

const tokenContent = z.strictObject({
  /** Where the agents' half of the collector is reached, `https://host:port`. */
  url: z.url({ protocol: /^https$/ }).max(512),
  /** SHA-256 of the organisation's CA certificate: how the agent knows the collector at first contact. */
  ca: sha256Hex,
  secret: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
/** What an enrolment token carries. docs/spec/collector-api.md section 2. */
export type EnrolmentToken = z.infer<typeof tokenContent>;

export function createEnrolmentToken(url: string, ca: string): EnrolmentToken {
  return tokenContent.parse({ url, ca, secret: randomBytes(32).toString('base64url') });
}

export function formatEnrolmentToken(token: EnrolmentToken): string {
  return `${PREFIX}${Buffer.from(JSON.stringify(token)).toString('base64url')}`;
}

/** Fails with DLP_ENROLL_TOKEN. */
export function parseEnrolmentToken(text: string): Result<EnrolmentToken, Failure<'DLP_ENROLL_TOKEN'>> {
  const trimmed = text.trim();
  if (trimmed.startsWith(PREFIX)) {
    try {
      const parsed = tokenContent.safeParse(JSON.parse(Buffer.from(trimmed.slice(PREFIX.length), 'base64url').toString('utf8')));
      if (parsed.success) return ok(parsed.data);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return err(failure('DLP_ENROLL_TOKEN', 'This is not an enrolment token. Paste the whole text that `sekisho collector token` printed.'));
}

/** What the collector keeps of a token: useless to whoever reads its store. */
export function hashTokenSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
