import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { failure, type Failure } from '../contracts/errors.ts';
import {
  dsseEnvelope,
  POLICY_RELEASE_TYPE,
  policyRelease,
  type DsseEnvelope,
  type Policy,
  type PolicyRelease,
} from '../contracts/policy.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import type { PolicyReference } from '../contracts/verdict.ts';
import { openEnvelope, signEnvelope } from './dsse.ts';
import { parsePolicy } from './parse-policy.ts';
import { formatProblem } from './problem.ts';

/** A release whose signature, form and text were all checked. */
export interface VerifiedRelease {
  readonly release: PolicyRelease;
  readonly policy: Policy;
  readonly reference: PolicyReference;
  /** SHA-256 of the envelope's text, in hex. */
  readonly digest: string;
}

/** The newest release that was ever in force here: none older comes after it, none other has its number. */
export interface ReleaseMark {
  readonly version: number;
  readonly digest: string;
}

/** The longest text that can be an envelope by contract; nothing longer is parsed. */
const MAX_ENVELOPE_CHARACTERS = 12_582_912;

/** How far a PC's clock may be behind the clock of who signs: a release begins the moment it is signed. */
const CLOCK_TOLERANCE_MILLIS = 300_000;

/** @throws when the key is no Ed25519 private key in PEM. */
export function signRelease(parts: { release: PolicyRelease; privateKeyPem: string }): DsseEnvelope {
  const key = createPrivateKey(parts.privateKeyPem);
  assertEd25519(key);
  return signEnvelope(POLICY_RELEASE_TYPE, Buffer.from(JSON.stringify(policyRelease.parse(parts.release))), key);
}

/** The text of an envelope as it is stored and sent. Its bytes are what a digest covers. */
export function envelopeText(envelope: DsseEnvelope): string {
  return `${JSON.stringify(envelope)}\n`;
}

/** Checks a release in the order of docs/spec/policy-release.md section 3; the first check that fails is the error. */
export function verifyRelease(
  text: string,
  against: { publicKeyPem: string; now: Date; current?: ReleaseMark | undefined },
): Result<VerifiedRelease, Failure> {
  const opened = openRelease(text, against.publicKeyPem);
  if (!opened.ok) return opened;
  const { release, digest } = opened.value;
  const refusal = olderThan(against.current, release, digest) ?? outsideItsTime(release, against.now);
  return refusal === undefined ? readRelease(opened.value) : err(refusal);
}

/** Checks a release without regard to time and version: for one that is already in force here. */
export function reopenRelease(text: string, publicKeyPem: string): Result<VerifiedRelease, Failure> {
  const opened = openRelease(text, publicKeyPem);
  return opened.ok ? readRelease(opened.value) : opened;
}

/** What an envelope says of itself, its signature unchecked: for showing to a person, never for use. */
export function readUnverified(text: string): Result<PolicyRelease, Failure> {
  const envelope = readEnvelope(text);
  return envelope === undefined ? err(notARelease()) : readPayload(Buffer.from(envelope.payload, 'base64'));
}

interface OpenedRelease {
  readonly release: PolicyRelease;
  readonly digest: string;
}

/** Signature first: until it holds, the payload is bytes from a stranger and is not parsed. */
function openRelease(text: string, publicKeyPem: string): Result<OpenedRelease, Failure> {
  const publicKey = createPublicKey(publicKeyPem);
  assertEd25519(publicKey);
  const envelope = readEnvelope(text);
  if (envelope === undefined) return err(notARelease());
  const payload = openEnvelope(envelope, publicKey);
  if (payload === undefined) {
    return err(
      failure(
        'DLP_POLICY_SIGNATURE',
        "The release was changed after signing, or signed with another key than this organisation's. It is not used.",
      ),
    );
  }
  if (envelope.payloadType !== POLICY_RELEASE_TYPE) {
    return err(failure('DLP_POLICY_TYPE', 'What was signed is not a policy release. It is not used.'));
  }
  const release = readPayload(payload);
  return release.ok ? ok({ release: release.value, digest: digestOf(text) }) : release;
}

function notARelease(): Failure {
  return failure('DLP_POLICY_UNSIGNED', 'This is not a signed policy release. Sign it with: sekisho policy sign FILE --org DIR');
}

function readEnvelope(text: string): DsseEnvelope | undefined {
  if (text.length > MAX_ENVELOPE_CHARACTERS) return undefined;
  const json = parseJson(text);
  return json.ok ? dsseEnvelope.safeParse(json.value).data : undefined;
}

function readPayload(payload: Uint8Array): Result<PolicyRelease, Failure> {
  const json = parseJson(payload);
  if (!json.ok) return err(failure('DLP_POLICY_SYNTAX', 'The signed release is not JSON. Sign it again with sekisho policy sign.'));
  const release = policyRelease.safeParse(json.value);
  if (!release.success) {
    const place = release.error.issues[0]?.path.join('.') ?? '';
    return err(failure('DLP_POLICY_SCHEMA', `The signed release is not in a form this version knows (at "${place}").`));
  }
  if (release.data.notBefore >= release.data.expires) {
    return err(failure('DLP_POLICY_SCHEMA', 'The release expires before it begins. Sign it again with sekisho policy sign.'));
  }
  return ok(release.data);
}

function olderThan(current: ReleaseMark | undefined, release: PolicyRelease, digest: string): Failure | undefined {
  if (current === undefined || release.version > current.version) return undefined;
  if (release.version === current.version && digest === current.digest) return undefined;
  const what = release.version < current.version ? 'is older than' : 'has the same number but not the same content as';
  return failure(
    'DLP_POLICY_OLDER',
    `Release ${release.version} ${what} release ${current.version}, which was in force here. Sign the policy again: it gets a new number.`,
  );
}

function outsideItsTime({ notBefore, expires, version }: PolicyRelease, now: Date): Failure | undefined {
  const instant = now.toISOString();
  if (new Date(now.getTime() + CLOCK_TOLERANCE_MILLIS).toISOString() < notBefore) {
    return failure('DLP_POLICY_NOT_YET', `Release ${version} begins on ${notBefore}; by this PC's clock it is ${instant}.`, {
      retryable: true,
    });
  }
  if (instant >= expires) {
    return failure('DLP_POLICY_EXPIRED', `Release ${version} expired on ${expires}. Sign the policy again with sekisho policy sign.`);
  }
  return undefined;
}

function readRelease({ release, digest }: OpenedRelease): Result<VerifiedRelease, Failure> {
  const policy = parsePolicy(release.source);
  if (!policy.ok) {
    const [first] = policy.error;
    const code = first?.code === 'syntax' ? 'DLP_POLICY_SYNTAX' : 'DLP_POLICY_SCHEMA';
    return err(
      failure(
        code,
        `Release ${release.version} holds a policy with mistakes: ${first === undefined ? '' : formatProblem(release.name, first)}`,
      ),
    );
  }
  if (policy.value.name !== release.name) {
    return err(failure('DLP_POLICY_SCHEMA', `The release is named "${release.name}" but holds the policy "${policy.value.name}".`));
  }
  return ok({ release, policy: policy.value, reference: { name: release.name, version: release.version }, digest });
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function parseJson(text: string | Uint8Array): Result<unknown, undefined> {
  try {
    return ok(JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text)));
  } catch {
    return err(undefined);
  }
}

function assertEd25519(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`policies are signed with Ed25519, not ${key.asymmetricKeyType ?? 'this key'}`);
}
