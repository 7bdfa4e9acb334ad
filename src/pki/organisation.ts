import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatIdentityFile, generateIdentity } from '../age/index.ts';
import { type Failure, failure } from '../contracts/errors.ts';
import { instant } from '../contracts/ids.ts';
import { ageRecipient } from '../contracts/ids.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { writeFileAtomic } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';
import { type CertificateAuthority, createAuthorityCertificate } from './certificate.ts';
import { fingerprintOf } from './identity.ts';
import { generateRsaKey, generateSigningKey, privateKeyFromPem, privateKeyPem, publicKeyPem } from './keys.ts';

/** The files of an organisation's folder. */
export const ORGANISATION_FILES = {
  description: 'organisation.json',
  /** Signs policies. Belongs on the machine where policies are signed, not on the collector. */
  policyKey: 'policy.key',
  policyPublicKey: 'policy.pub',
  authorityKey: 'ca.key',
  authorityCertificate: 'ca.crt',
  /** Opens everything the organisation ever encrypted. To be taken offline. */
  recoveryIdentity: 'recovery.identity',
  groupIdentity: 'group.identity',
  recipients: 'recipients.txt',
  releases: 'releases',
} as const;

const SECRET = 0o600;
const PUBLIC = 0o644;

const description = z.strictObject({ format: z.literal('sekisho-organisation/1'), name: z.string().min(1).max(64), created: instant });

export interface Organisation {
  readonly folder: string;
  readonly name: string;
  readonly created: string;
  readonly authority: CertificateAuthority;
  /** SHA-256 of the CA certificate, as enrolment tokens carry it. */
  readonly authorityFingerprint: string;
  /** SPKI PEM. */
  readonly policyPublicKey: string;
  /** age identity file, text. */
  readonly groupIdentity: string;
  /** Recovery first, then group. */
  readonly recipients: readonly string[];
}

/** Makes the folder with fresh keys. Never touches an organisation that is there: DLP_ORG_EXISTS. */
export async function createOrganisation(folder: string, name: string, now = Date.now()): Promise<Result<Organisation, Failure>> {
  const parsed = description.safeParse({ format: 'sekisho-organisation/1', name, created: new Date(now).toISOString() });
  if (!parsed.success) return err(failure('DLP_CLI_USAGE', 'The name of an organisation has 1 to 64 characters.'));
  try {
    await mkdir(join(folder, ORGANISATION_FILES.releases), { recursive: true, mode: 0o700 });
    if (await exists(join(folder, ORGANISATION_FILES.description))) {
      return err(failure('DLP_ORG_EXISTS', `There is an organisation in ${folder} already. It was left as it is.`));
    }
    await writeKeys(folder, name, now);
    // Last: a folder without it is no organisation, so a crash half way leaves nothing that looks usable.
    await writeFileAtomic(join(folder, ORGANISATION_FILES.description), `${JSON.stringify(parsed.data, null, 2)}\n`, PUBLIC);
  } catch (error) {
    return err(fromErrno(error));
  }
  return openOrganisation(folder);
}

async function writeKeys(folder: string, name: string, now: number): Promise<void> {
  const policyKey = await generateSigningKey();
  const authorityKey = await generateRsaKey();
  const recovery = generateIdentity();
  const group = generateIdentity();
  const write = (file: string, text: string, mode: number) => writeFileAtomic(join(folder, file), text, mode);
  const created = new Date(now);
  await write(ORGANISATION_FILES.policyKey, privateKeyPem(policyKey), SECRET);
  await write(ORGANISATION_FILES.policyPublicKey, publicKeyPem(createPublicKey(policyKey)), PUBLIC);
  await write(ORGANISATION_FILES.authorityKey, privateKeyPem(authorityKey), SECRET);
  await write(ORGANISATION_FILES.authorityCertificate, createAuthorityCertificate(authorityKey, name, now), PUBLIC);
  await write(ORGANISATION_FILES.recoveryIdentity, formatIdentityFile(recovery.identity, created), SECRET);
  await write(ORGANISATION_FILES.groupIdentity, formatIdentityFile(group.identity, created), SECRET);
  await write(ORGANISATION_FILES.recipients, `${recovery.recipient}\n${group.recipient}\n`, PUBLIC);
}

/** Fails with DLP_ORG_MISSING or DLP_KEY_FILE. The policy key and the recovery identity are not read: they may be elsewhere. */
export async function openOrganisation(folder: string): Promise<Result<Organisation, Failure>> {
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  try {
    const parsed = description.safeParse(JSON.parse(await read(ORGANISATION_FILES.description)));
    if (!parsed.success) return err(failure('DLP_KEY_FILE', `${ORGANISATION_FILES.description} in ${folder} is not an organisation's.`));
    const certificate = await read(ORGANISATION_FILES.authorityCertificate);
    const recipients = (await read(ORGANISATION_FILES.recipients)).split('\n').filter((line) => ageRecipient.safeParse(line).success);
    return ok({
      folder,
      name: parsed.data.name,
      created: parsed.data.created,
      authority: { certificate, key: privateKeyFromPem(await read(ORGANISATION_FILES.authorityKey)) },
      authorityFingerprint: fingerprintOf(new X509Certificate(certificate)),
      policyPublicKey: await read(ORGANISATION_FILES.policyPublicKey),
      groupIdentity: await read(ORGANISATION_FILES.groupIdentity),
      recipients,
    });
  } catch (error) {
    return err(openingFailure(folder, error));
  }
}

function openingFailure(folder: string, error: unknown): Failure {
  if (!isSystemError(error)) {
    return failure('DLP_KEY_FILE', `A key or certificate in ${folder} cannot be read. Restore it from a backup.`, { cause: error });
  }
  if (error.code !== 'ENOENT') return fromErrno(error);
  return failure('DLP_ORG_MISSING', `There is no complete organisation in ${folder}. Make one with \`sekisho org init\`.`);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code);
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}
