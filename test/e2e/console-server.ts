import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve } from 'node:path';
import { eventsQuery, loginRequest, type StoredEvent } from '../../src/contracts/collector-api.ts';
import { SEVERITIES } from '../../src/contracts/ids.ts';
import { fleet, storedEvents, summary } from './console-fixtures.ts';

const DIST = resolve(import.meta.dirname, '../../dist/console');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The strictest policy the console must live under. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface ConsoleServer {
  readonly url: string;
  /** Stores an event and sends it to everyone who listens. */
  publish(event: StoredEvent): void;
  /** From now on every API answer is this status, until null. */
  failWith(status: number | null): void;
  close(): Promise<void>;
}

export const USER = { name: 'officer', password: 'correct horse battery' };

/** The console's half of the collector's API over fixture data: for tests of the console alone. */
export async function startConsoleServer(now: number, { events = storedEvents(now), port = 0 } = {}): Promise<ConsoleServer> {
  const listeners = new Set<ServerResponse>();
  let failure: number | null = null;
  let store = [...events];

  const server: Server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-security-policy', CSP);
    if (!url.pathname.startsWith('/api/')) return sendFile(response, url.pathname);
    if (failure !== null) return sendJson(response, failure, { code: 'DLP_STORE_IO', message: 'the store is away', retryable: false });
    if (url.pathname === '/api/login') return logIn(response, await bodyOf(request));
    if (!(request.headers.cookie ?? '').includes('session=yes')) {
      return sendJson(response, 401, { code: 'DLP_AUTH_REQUIRED', message: 'not signed in', retryable: false });
    }
    switch (url.pathname) {
      case '/api/logout':
        response.setHeader('set-cookie', 'session=; Max-Age=0; Path=/');
        return sendJson(response, 200, {});
      case '/api/session':
        return sendJson(response, 200, { name: USER.name, role: 'officer' });
      case '/api/summary':
        return sendJson(response, 200, summary());
      case '/api/fleet':
        return sendJson(response, 200, fleet(now));
      case '/api/events':
        return sendJson(response, 200, query(store, url.searchParams));
      case '/api/events/stream':
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        response.write(': hello\n\n');
        listeners.add(response);
        response.on('close', () => listeners.delete(response));
        return;
      default:
        sendJson(response, 404, { code: 'DLP_API_NOT_FOUND', message: 'no such address', retryable: false });
    }
  }

  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish: (event) => {
      store = [event, ...store];
      for (const listener of listeners) listener.write(`data: ${JSON.stringify(event)}\n\n`);
    },
    failWith: (status) => {
      failure = status;
    },
    close: async () => {
      for (const listener of listeners) listener.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function logIn(response: ServerResponse, body: unknown): void {
  const { name, password } = loginRequest.parse(body);
  if (name !== USER.name || password !== USER.password) {
    sendJson(response, 401, { code: 'DLP_AUTH_FAILED', message: 'wrong name or password', retryable: false });
    return;
  }
  response.setHeader('set-cookie', 'session=yes; HttpOnly; SameSite=Strict; Path=/');
  sendJson(response, 200, { name, role: 'officer' });
}

/** The filters as docs of the API have them, over plain arrays. */
function query(store: readonly StoredEvent[], parameters: URLSearchParams): { events: StoredEvent[]; next: string | null } {
  const wanted = eventsQuery.parse(Object.fromEntries(parameters));
  const types = wanted.type?.split(',');
  const least = wanted.severity === undefined ? 0 : SEVERITIES.indexOf(wanted.severity);
  const found = store.filter(
    ({ event }) =>
      (types === undefined || types.includes(event.body.type)) &&
      SEVERITIES.indexOf(event.body.severity) >= least &&
      (wanted.agent === undefined || event.agent === wanted.agent) &&
      (wanted.user === undefined || ('actor' in event.body.data && event.body.data.actor.name === wanted.user)) &&
      (wanted.from === undefined || event.time >= wanted.from) &&
      (wanted.to === undefined || event.time < wanted.to) &&
      (wanted.text === undefined || JSON.stringify(event).toLowerCase().includes(wanted.text.toLowerCase())),
  );
  const start = Number(wanted.before ?? 0);
  const end = start + wanted.limit;
  return { events: found.slice(start, end), next: end < found.length ? String(end) : null };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Pages of the console are one document: every other path is a file or that document. */
function sendFile(response: ServerResponse, path: string): void {
  const wanted = join(DIST, normalize(path));
  const exists = wanted.startsWith(DIST) && statSync(wanted, { throwIfNoEntry: false })?.isFile() === true;
  const found = exists ? wanted : join(DIST, 'index.html');
  response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
  response.end(readFileSync(found));
}
