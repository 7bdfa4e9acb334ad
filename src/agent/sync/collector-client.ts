import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import {
  apiError,
  type EventsRequest,
  type EventsResponse,
  eventsResponse,
  type PostflightRequest,
  postflightResponse,
  type PreflightRequest,
  type PreflightResponse,
  preflightResponse,
  type WaitResponse,
  waitResponse,
} from '../../contracts/collector-api.ts';
import { errorCode, type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import type { Enrolment } from '../enrolment/index.ts';

const ANSWER_MILLIS = 30_000;
/** The collector answers a wait after 50 seconds at most. */
const WAIT_MILLIS = 70_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

export interface FetchedPolicy {
  readonly envelope: string;
  readonly tag: string;
}

interface Answer {
  readonly status: number;
  readonly tag: string;
  readonly text: string;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMillis?: number;
}

/**
 * The agent's end of docs/spec/collector-api.md: mutual TLS, pinned to the organisation's CA, connections kept.
 * Fails with DLP_SYNC_OFFLINE when nobody answers and with the collector's own code, or DLP_SYNC_REFUSED, when it refuses.
 */
export class CollectorClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #closed = new AbortController();

  constructor({ url, privateKey, certificate, ca }: Pick<Enrolment, 'url' | 'privateKey' | 'certificate' | 'ca'>) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 3, key: privateKey, cert: certificate, ca, minVersion: 'TLSv1.3' });
  }

  preflight(body: PreflightRequest): Promise<Result<PreflightResponse, Failure>> {
    return this.#exchange({ method: 'POST', path: '/v1/preflight', body }, preflightResponse);
  }

  sendEvents(body: EventsRequest): Promise<Result<EventsResponse, Failure>> {
    return this.#exchange({ method: 'POST', path: '/v1/events', body }, eventsResponse);
  }

  postflight(body: PostflightRequest): Promise<Result<object, Failure>> {
    return this.#exchange({ method: 'POST', path: '/v1/postflight', body }, postflightResponse);
  }

  wait(policyVersion: number): Promise<Result<WaitResponse, Failure>> {
    return this.#exchange({ method: 'GET', path: `/v1/wait?policyVersion=${policyVersion}`, timeoutMillis: WAIT_MILLIS }, waitResponse);
  }

  /** Null when it is still the one of the tag. */
  async fetchPolicy(tag: string | null): Promise<Result<FetchedPolicy | null, Failure>> {
    const answer = await this.#send({ method: 'GET', path: '/v1/policy', headers: tag === null ? {} : { 'if-none-match': tag } });
    if (!answer.ok) return answer;
    if (answer.value.status === 304) return ok(null);
    if (answer.value.status !== 200) return err(refusalOf(answer.value));
    return ok({ envelope: answer.value.text, tag: answer.value.tag });
  }

  /**
   * Brings an index of own data into `file`, which is read on where an earlier try broke off. What it holds then is not
   * compared with its SHA-256 here.
   */
  async fetchIndex(sha256: string, file: string): Promise<Result<void, Failure>> {
    const offset = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    const response = await this.#begin(`/v1/indexes/${sha256}`, offset);
    if (!response.ok) return response;
    const { statusCode = 0 } = response.value;
    // Nothing lies behind what is here: it is whole, or it is not the index.
    if (statusCode === 416) return (response.value.resume(), ok(undefined));
    if (statusCode !== 200 && statusCode !== 206)
      return err(refusalOf({ status: statusCode, tag: '', text: await textOf(response.value) }));
    try {
      await pipeline(response.value, createWriteStream(file, { flags: statusCode === 206 ? 'a' : 'w', mode: 0o600 }));
      return ok(undefined);
    } catch (error) {
      return err(isFromDisk(error) ? fromErrno(error) : offline(this.#url, error));
    }
  }

  close(): void {
    this.#closed.abort();
    this.#agent.destroy();
  }

  async #exchange<T extends z.ZodType>(call: Call, schema: T): Promise<Result<z.infer<T>, Failure>> {
    const answer = await this.#send(call);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return err(refusalOf(answer.value));
    const parsed = schema.safeParse(parseJson(answer.value.text));
    if (parsed.success) return ok(parsed.data);
    return err(
      failure('DLP_SYNC_REFUSED', 'The collector answered in an unknown form. It may be of another version.', { retryable: true }),
    );
  }

  /** A request whose answer may take as long as its bytes keep coming. */
  #begin(path: string, offset: number): Promise<Result<IncomingMessage, Failure>> {
    return new Promise((resolve) => {
      const outgoing = request(new URL(path, this.#url), {
        agent: this.#agent,
        headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
        signal: this.#closed.signal,
        timeout: ANSWER_MILLIS,
      });
      outgoing.once('timeout', () => outgoing.destroy(new Error('nothing came for a long time')));
      outgoing.once('error', (cause) => resolve(err(offline(this.#url, cause))));
      outgoing.once('response', (response) => resolve(ok(response)));
      outgoing.end();
    });
  }

  #send(call: Call): Promise<Result<Answer, Failure>> {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers = {
      ...call.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    };
    return new Promise((resolve) => {
      const outgoing = request(new URL(call.path, this.#url), {
        method: call.method,
        agent: this.#agent,
        headers,
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(call.timeoutMillis ?? ANSWER_MILLIS)]),
      });
      outgoing.once('error', (cause) => resolve(err(offline(this.#url, cause))));
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > LARGEST_ANSWER) outgoing.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.once('error', (cause) => resolve(err(offline(this.#url, cause))));
        response.once('end', () =>
          resolve(ok({ status: response.statusCode ?? 0, tag: response.headers.etag ?? '', text: Buffer.concat(chunks).toString('utf8') })),
        );
      });
      outgoing.end(body);
    });
  }
}

function refusalOf({ status, text }: Answer): Failure {
  const parsed = apiError.safeParse(parseJson(text));
  if (!parsed.success) return failure('DLP_SYNC_REFUSED', `The collector answered ${status} in an unknown form.`, { retryable: true });
  const code = errorCode.safeParse(parsed.data.code);
  return failure(code.success ? code.data : 'DLP_SYNC_REFUSED', parsed.data.message, { retryable: parsed.data.retryable });
}

const LONGEST_REFUSAL = 16_384;

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) if (text.length < LONGEST_REFUSAL) text += String(chunk);
  return text;
}

/** System calls on files carry a path, those on connections none. */
const isFromDisk = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  (error.syscall === 'open' || error.syscall === 'write') &&
  'code' in error &&
  error.code !== 'EPIPE';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const offline = (url: string, cause: unknown): Failure =>
  failure('DLP_SYNC_OFFLINE', `The collector at ${url} cannot be reached.`, { retryable: true, cause });
