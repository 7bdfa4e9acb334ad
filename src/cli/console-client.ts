import { apiError } from '../contracts/collector-api.ts';
import { errorCode, failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';

interface Answer {
  readonly body: unknown;
  readonly cookie: string;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** An administrator's session with the console, as a command uses it. */
export class ConsoleClient {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** DLP_CLI_USAGE for an address that a password must not be sent to, DLP_SYNC_OFFLINE, or what the collector says. */
  static async signIn(url: string, name: string, password: string): Promise<Result<ConsoleClient, Failure>> {
    const login = await send(url, '', { method: 'POST', path: '/api/login', body: JSON.stringify({ name, password }) });
    return login.ok ? ok(new ConsoleClient(url, login.value.cookie)) : login;
  }

  /** The answer's body, not yet parsed by its contract. */
  async call(call: Call): Promise<Result<unknown, Failure>> {
    const answer = await send(this.#url, this.#cookie, call);
    return answer.ok ? ok(answer.value.body) : answer;
  }

  async signOut(): Promise<void> {
    await this.call({ method: 'POST', path: '/api/logout', body: '{}' });
  }
}

/** A password in plain HTTP may go no further than this machine. */
export function inTheClear(collector: string): Failure | null {
  const url = URL.parse(collector);
  if (url === null) return failure('DLP_CLI_USAGE', `${collector} is not an address such as https://console.example.co.jp.`);
  const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return null;
  return failure('DLP_CLI_USAGE', 'The password would cross the network in the clear. Give an https:// address. Nothing was sent.');
}

async function send(url: string, cookie: string, { method, path, body }: Call): Promise<Result<Answer, Failure>> {
  let response: Response;
  let answer: unknown;
  try {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    const headers = { origin: new URL(url).origin, cookie, ...(body === undefined ? {} : { 'content-type': type }) };
    response = await fetch(new URL(path, url), { method, headers, redirect: 'error', ...(body === undefined ? {} : { body }) });
    answer = await response.json();
  } catch (cause) {
    return err(failure('DLP_SYNC_OFFLINE', `No console of a collector answers at ${url}.`, { retryable: true, cause }));
  }
  if (!response.ok) return err(refusalOf(response.status, answer));
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return ok({ body: answer, cookie: cookies.join('; ') });
}

function refusalOf(status: number, answer: unknown): Failure {
  const refusal = apiError.safeParse(answer);
  if (!refusal.success) return failure('DLP_SYNC_REFUSED', `The collector answered ${status}.`);
  const code = errorCode.safeParse(refusal.data.code);
  return failure(code.success ? code.data : 'DLP_SYNC_REFUSED', refusal.data.message);
}
