/**
 * The load of `ingest.bench.ts`, in a process of its own: POSTs prepared bodies over kept connections and prints how long
 * the collector took to answer all of them. `node bench/ingest-load.ts` with the job as JSON on standard input.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';

export interface Sender {
  readonly bodies: readonly string[];
  readonly key?: string;
  readonly cert?: string;
  /** Added to the job's address. */
  readonly path?: string;
}

export interface LoadJob {
  readonly url: string;
  readonly ca?: string;
  /** Each sends its files one after the other, all senders at once. */
  readonly senders: readonly Sender[];
}

export interface LoadResult {
  readonly millis: number;
  readonly answers: readonly string[];
}

const job = (await json(process.stdin)) as LoadJob;
const loaded = job.senders.map((sender) => ({ sender, bodies: sender.bodies.map((path) => readFileSync(path)) }));
const began = performance.now();
const answers = await Promise.all(loaded.map(({ sender, bodies }) => sendAll(sender, bodies)));
const result: LoadResult = { millis: performance.now() - began, answers: answers.flat() };
process.stdout.write(JSON.stringify(result));

async function sendAll(sender: Sender, bodies: readonly Buffer[]): Promise<string[]> {
  const secure = job.url.startsWith('https:');
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1, ca: job.ca, key: sender.key, cert: sender.cert })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const told: string[] = [];
  for (const body of bodies) told.push(await post(agent, `${job.url}${sender.path ?? ''}`, body));
  agent.destroy();
  return told;
}

function post(agent: HttpAgent | HttpsAgent, url: string, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const outgoing = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
