import { eventsPage, fleetResponse, type FleetResponse, type StoredEvent } from '../../src/contracts/collector-api.ts';
import type { Practice } from '../practice/practice.ts';

/** Reads the collector as the console's page does: login, cookie, JSON. */
export class ConsoleClient {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async login({ collector, login }: Pick<Practice, 'collector' | 'login'>): Promise<ConsoleClient> {
    const url = collector.text('consoleUrl').replace(/\/$/, '');
    const answer = await fetch(`${url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(login),
    });
    if (!answer.ok) throw new Error(`The console refused the login: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie().map((set) => set.split(';')[0]);
    return new ConsoleClient(url, cookie.join('; '));
  }

  /** All events, newest first. */
  async events(): Promise<StoredEvent[]> {
    const all: StoredEvent[] = [];
    for (let before: string | null = ''; before !== null;) {
      const page = eventsPage.parse(
        await this.#get(`/api/events?limit=500${before === '' ? '' : `&before=${encodeURIComponent(before)}`}`),
      );
      all.push(...page.events);
      before = page.next;
    }
    return all;
  }

  async fleet(): Promise<FleetResponse> {
    return fleetResponse.parse(await this.#get('/api/fleet'));
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(this.#url + path, { headers: { cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }
}
