import { mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { enroll, type Enrolment } from '../../src/agent/enrolment/index.ts';
import { administration, type CollectorOptions, type RunningCollector, startCollector } from '../../src/collector/index.ts';
import { type AgentEvent, type EventBody, type FileDecision, GENESIS_HASH } from '../../src/contracts/event.ts';
import type { EventsRequest } from '../../src/contracts/collector-api.ts';
import { sealEvent } from '../../src/node/event-chain.ts';
import { createOrganisation, type Organisation, privateKeyFromPem, signChainHead } from '../../src/pki/index.ts';

export const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `sekisho-${name}-`));

export async function makeOrganisation(): Promise<Organisation> {
  const made = await createOrganisation(join(temporaryFolder('org'), 'org'), 'Example KK');
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

export function collectorOn(state: string, organisation: Organisation, more: Partial<CollectorOptions> = {}): Promise<RunningCollector> {
  const onLost = (error: Error): void => {
    throw error;
  };
  return startCollector({ state, organisation, host: '127.0.0.1', agentPort: 0, consolePort: 0, onLost, ...more });
}

/** As `sekisho collector token` does it. */
export const makeToken = (state: string, organisation: Organisation, url: string, validMillis = 60_000): string =>
  administration(state).addToken(organisation, url, validMillis).token;

export async function enrolled(state: string, organisation: Organisation, url: string, host = 'pc-1'): Promise<Enrolment> {
  const result = await enroll({ token: makeToken(state, organisation, url), stateFolder: temporaryFolder('agent'), host, os: 'test' });
  if (!result.ok) throw new Error(`${result.error.code} ${result.error.message}`);
  return result.value;
}

const decision = (path: string, user: string): FileDecision => ({
  actor: { name: user, basis: 'session' },
  file: { path, bytes: 18_944 },
  volume: { id: 'linux:8:17', filesystem: 'vfat', label: 'STICK', bus: 'usb' },
  type: 'xlsx',
  findings: [
    {
      detector: 'jp.my-number',
      confidence: 'high',
      count: 3,
      distinct: 2,
      samples: ['12********18'],
      where: [{ sheet: '名簿', cell: 'B2' }],
      reasons: ['check-digit'],
    },
  ],
  persons: { from: 2, to: 2 },
  unreadable: [],
  verdict: { action: 'encrypt', rule: 'personal-data', severity: 'medium' },
  policy: { name: 'default', version: 1 },
  guard: 'watch',
  present: false,
  exposureMillis: 41,
});

export const encryptedBody = (path: string, user = 'tanaka'): EventBody => ({
  type: 'file.encrypted',
  severity: 'medium',
  data: { ...decision(path, user), storedAs: `${path}.age` },
});

/** An agent's chain as its spool makes it. */
export class TestChain {
  readonly agent: string;
  readonly events: AgentEvent[] = [];
  #sequence = 0;
  #hash = GENESIS_HASH;

  constructor(agent: string) {
    this.agent = agent;
  }

  append(body: EventBody, time = new Date().toISOString()): AgentEvent {
    const event = sealEvent({
      format: 'sekisho-event/1',
      id: uuidv7(),
      agent: this.agent,
      sequence: this.#sequence + 1,
      time,
      host: 'pc-1',
      body,
      previousHash: this.#hash,
    });
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    this.events.push(event);
    return event;
  }

  grow(count: number): AgentEvent[] {
    return Array.from({ length: count }, () => this.append(encryptedBody(`営業/顧客名簿-${this.#sequence + 1}.xlsx`)));
  }

  /** The same chain, from here on with another future. */
  fork(): TestChain {
    const copy = new TestChain(this.agent);
    copy.events.push(...this.events);
    copy.#sequence = this.#sequence;
    copy.#hash = this.#hash;
    return copy;
  }
}

export function batchOf(enrolment: Pick<Enrolment, 'privateKey'>, events: readonly AgentEvent[], head = events.at(-1)): EventsRequest {
  if (head === undefined) throw new Error('a batch has events');
  const signed = signChainHead({ sequence: head.sequence, hash: head.hash }, privateKeyFromPem(enrolment.privateKey));
  return { batch: uuidv7(), events: [...events], head: signed };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

interface RawCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One request on a connection of its own, with whatever certificate; the body as given when it is text or bytes. */
export function call(
  url: string,
  identity: { readonly privateKey?: string; readonly certificate?: string; readonly ca: string },
  { method = 'POST', body, headers = {} }: RawCall = {},
): Promise<RawAnswer> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : body === undefined ? undefined : JSON.stringify(body);
  const { privateKey: key, certificate: cert, ca } = identity;
  return new Promise((resolve, reject) => {
    const type = bytes === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(url, { method, agent: false, ca, key, cert, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text === '' ? null : (JSON.parse(text) as unknown) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}
