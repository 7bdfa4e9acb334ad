import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FleetResponse, fleetResponse } from '../../src/contracts/collector-api.ts';
import type { DsseEnvelope } from '../../src/contracts/policy.ts';
import type { Organisation } from '../../src/pki/index.ts';
import { signRelease } from '../../src/policy/index.ts';

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A browser's part: keeps the cookie and names its origin. */
export class ConsoleClient {
  readonly url: string;
  cookie = '';
  origin: string;

  constructor(url: string) {
    this.url = url;
    this.origin = url;
  }

  static async signedIn(url: string, name: string, password: string): Promise<ConsoleClient> {
    const client = new ConsoleClient(url);
    const answer = await client.post('/api/login', { name, password });
    if (answer.status !== 200) throw new Error(`sign-in failed: ${JSON.stringify(answer.body)}`);
    return client;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<ConsoleAnswer> {
    return this.#send(path, { headers: { cookie: this.cookie, ...headers } });
  }

  post(path: string, body: unknown): Promise<ConsoleAnswer> {
    const headers = { cookie: this.cookie, origin: this.origin, 'content-type': 'application/json' };
    return this.#send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** A piece of an index. */
  sendBytes(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<ConsoleAnswer> {
    const headers = { cookie: this.cookie, origin: this.origin, 'content-type': 'application/octet-stream' };
    return this.#send(path, { method: 'POST', headers, body: bytes });
  }

  async fleet(): Promise<FleetResponse> {
    return fleetResponse.parse((await this.get('/api/fleet')).body);
  }

  async #send(path: string, init: RequestInit): Promise<ConsoleAnswer> {
    const response = await fetch(new URL(path, this.url), init);
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  }
}

const SOURCE = `format: sekisho-policy/1
name: test-policy
title: { ja: 試験, en: Test }
rules: []
`;

/** A release signed with the organisation's own key. */
export function signedRelease(
  organisation: Organisation,
  version: number,
  more: { notBefore?: number; expires?: number; source?: string } = {},
): DsseEnvelope {
  const now = Date.now();
  const at = (millis: number): string => new Date(millis).toISOString();
  return signRelease({
    privateKeyPem: readFileSync(join(organisation.folder, 'policy.key'), 'utf8'),
    release: {
      format: 'sekisho-policy-release/1',
      name: 'test-policy',
      version,
      issued: at(now),
      notBefore: at(more.notBefore ?? now - 60_000),
      expires: at(more.expires ?? now + 86_400_000),
      recipients: [...organisation.recipients],
      source: more.source ?? SOURCE,
    },
  });
}
