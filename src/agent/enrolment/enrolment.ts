import { constants, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Failure, failure } from '../../contracts/errors.ts';
import { agentId, instant } from '../../contracts/ids.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { writeFileAtomic } from '../../node/atomic-file.ts';

export const ENROLMENT_FILE = 'enrolment.json';

const enrolment = z.strictObject({
  format: z.literal('sekisho-enrolment/1'),
  agent: agentId,
  /** The name of this PC in its events. */
  host: z.string().min(1).max(256),
  /** The agents' half of the collector. */
  url: z.url({ protocol: /^https$/ }),
  enrolled: instant,
  /** PKCS #8 PEM, RSA; also signs the heads of the event chain. */
  privateKey: z.string(),
  certificate: z.string(),
  /** The only authority this agent believes. */
  ca: z.string(),
  /** SPKI PEM; the only key whose policies are obeyed. */
  policyKey: z.string(),
  /** age identity file, text. */
  groupIdentity: z.string(),
});
/** Who this PC is to its organisation. One file, so that it is there whole or not at all. */
export type Enrolment = z.infer<typeof enrolment>;

export async function saveEnrolment(stateFolder: string, value: Enrolment): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFileAtomic(join(stateFolder, ENROLMENT_FILE), `${JSON.stringify(enrolment.parse(value), null, 2)}\n`, 0o600);
}

/** Fails with DLP_ENROLL_MISSING when this PC is not enrolled and with DLP_KEY_FILE when what is there cannot be trusted. */
export function loadEnrolment(stateFolder: string): Result<Enrolment, Failure> {
  const path = join(stateFolder, ENROLMENT_FILE);
  const text = readTrusted(path);
  if (!text.ok) return text;
  const parsed = enrolment.safeParse(parseJson(text.value));
  return parsed.success ? ok(parsed.data) : err(failure('DLP_KEY_FILE', `${path} is damaged. Enrol this PC again.`));
}

/** One descriptor for looking and reading, and no symbolic links: what was checked is what is read. */
function readTrusted(path: string): Result<string, Failure> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ENOENT') return err(failure('DLP_ENROLL_MISSING', 'This PC is not enrolled. Enrol it with `sekisho enroll`.'));
    return err(failure('DLP_KEY_FILE', `${path} cannot be opened (${String(error.code)}).`, { cause: error }));
  }
  try {
    const facts = fstatSync(descriptor);
    const isPrivate = process.platform === 'win32' || ((facts.mode & 0o077) === 0 && facts.uid === process.getuid?.());
    if (!facts.isFile() || !isPrivate) {
      return err(failure('DLP_KEY_FILE', `${path} must be a file that its owner alone can read (mode 600).`));
    }
    return ok(readFileSync(descriptor, 'utf8'));
  } finally {
    closeSync(descriptor);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
