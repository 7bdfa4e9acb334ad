import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { apiError, type EnrollRequest, type EnrollResponse, enrollResponse } from '../../contracts/collector-api.ts';
import { errorCode, type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import {
  agentOf,
  createCsr,
  type EnrolmentToken,
  fingerprintOf,
  generateRsaKey,
  parseEnrolmentToken,
  privateKeyFromPem,
  privateKeyPem,
} from '../../pki/index.ts';
import { type Enrolment, loadEnrolment, saveEnrolment } from './enrolment.ts';

const CONTACT_MILLIS = 15_000;
const LARGEST_ANSWER = 1024 * 1024;

export interface EnrolOptions {
  readonly token: string;
  readonly stateFolder: string;
  /** Shown text. */
  readonly host: string;
  readonly os: string;
  readonly now?: () => number;
}

/**
 * Makes this PC a member of the organisation. The collector is first asked for its chain and told nothing; only over a
 * second connection, verified against the CA that the token names, does the token's secret leave this PC.
 */
export async function enroll(options: EnrolOptions): Promise<Result<Enrolment, Failure>> {
  const known = loadEnrolment(options.stateFolder);
  if (known.ok) {
    return err(
      failure('DLP_FILE_EXISTS', `This PC is enrolled already, as ${known.value.agent}. Remove ${options.stateFolder} to start afresh.`),
    );
  }
  const token = parseEnrolmentToken(options.token);
  if (!token.ok) return token;
  const ca = await fetchAuthority(token.value);
  if (!ca.ok) return ca;
  const key = await generateRsaKey();
  const body = { token: token.value.secret, csr: createCsr(key, options.host.slice(0, 64)), host: options.host, os: options.os };
  const answer = await postEnrolment(token.value.url, ca.value, body);
  if (!answer.ok) return answer;
  const refusal = checkAnswer(answer.value, ca.value, privateKeyPem(key));
  if (refusal !== null) return err(refusal);
  const { agent, certificate, policyKey, groupIdentity } = answer.value;
  const enrolment: Enrolment = {
    format: 'sekisho-enrolment/1',
    agent,
    host: options.host,
    url: token.value.url,
    enrolled: new Date((options.now ?? Date.now)()).toISOString(),
    privateKey: privateKeyPem(key),
    certificate,
    ca: ca.value,
    policyKey,
    groupIdentity,
  };
  await saveEnrolment(options.stateFolder, enrolment);
  return ok(enrolment);
}

/** The one certificate in the collector's chain that has the token's fingerprint, PEM. Nothing is sent on this connection. */
function fetchAuthority(token: EnrolmentToken): Promise<Result<string, Failure>> {
  const { hostname, port } = new URL(token.url);
  return new Promise((resolve) => {
    const socket = connect({ host: unbracketed(hostname), port: Number(port || 443), rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    const settle = (result: Result<string, Failure>): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(CONTACT_MILLIS, () => settle(err(unreachable(token.url))));
    socket.once('error', (cause) => settle(err(unreachable(token.url, cause))));
    socket.once('secureConnect', () => {
      const found = chainOf(socket.getPeerCertificate(true)).find((certificate) => fingerprintOf(certificate) === token.ca);
      settle(found === undefined ? err(strangeAuthority(token.url)) : ok(found.toString()));
    });
  });
}

const LONGEST_CHAIN = 8;

function chainOf(leaf: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let current = leaf;
  while (chain.length < LONGEST_CHAIN && 'raw' in current) {
    chain.push(new X509Certificate(current.raw));
    // A root is its own issuer.
    if (current.issuerCertificate === current) break;
    current = current.issuerCertificate;
  }
  return chain;
}

function postEnrolment(url: string, ca: string, body: EnrollRequest): Promise<Result<EnrollResponse, Failure>> {
  return new Promise((resolve) => {
    const outgoing = request(
      new URL('/v1/enroll', url),
      { method: 'POST', ca, minVersion: 'TLSv1.3', agent: false, timeout: CONTACT_MILLIS, headers: { 'content-type': 'application/json' } },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > LARGEST_ANSWER) outgoing.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', (cause) => resolve(err(isCertificateError(cause) ? strangeAuthority(url) : unreachable(url, cause))));
    outgoing.end(JSON.stringify(body));
  });
}

function readAnswer(status: number, text: string): Result<EnrollResponse, Failure> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err(failure('DLP_SYNC_REFUSED', `The collector answered ${status} with something that is not JSON.`));
  }
  const parsed = enrollResponse.safeParse(json);
  if (status === 200 && parsed.success) return ok(parsed.data);
  const refusal = apiError.safeParse(json);
  if (!refusal.success) return err(failure('DLP_SYNC_REFUSED', `The collector answered ${status} in an unknown form.`));
  const code = errorCode.safeParse(refusal.data.code);
  return err(failure(code.success ? code.data : 'DLP_SYNC_REFUSED', refusal.data.message, { retryable: refusal.data.retryable }));
}

/** A collector that is verified may still be faulty: what it gave must be usable before it is kept. */
function checkAnswer(answer: EnrollResponse, ca: string, privateKey: string): Failure | null {
  const certificate = new X509Certificate(answer.certificate);
  const authority = new X509Certificate(ca);
  const isOurs =
    agentOf(certificate) === answer.agent &&
    certificate.checkPrivateKey(privateKeyFromPem(privateKey)) &&
    certificate.verify(authority.publicKey) &&
    fingerprintOf(new X509Certificate(answer.ca)) === fingerprintOf(authority);
  return isOurs ? null : failure('DLP_ENROLL_CA', 'The certificate that the collector gave does not fit this PC. Tell the administrator.');
}

const unbracketed = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

function isCertificateError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(error.code);
}

const unreachable = (url: string, cause?: unknown): Failure =>
  failure('DLP_SYNC_OFFLINE', `The collector at ${url} cannot be reached.`, { retryable: true, ...(cause === undefined ? {} : { cause }) });

const strangeAuthority = (url: string): Failure =>
  failure('DLP_ENROLL_CA', `What answers at ${url} is not the collector that the token is for. Nothing was sent to it.`);
