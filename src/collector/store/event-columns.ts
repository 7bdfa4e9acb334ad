import type { AgentEvent } from '../../contracts/event.ts';
import { SEVERITIES } from '../../contracts/ids.ts';

/** What of an event is kept in columns of its own, to be filtered and counted by. */
export interface EventColumns {
  readonly user: string | null;
  readonly file: string | null;
  readonly rule: string | null;
  readonly persons: number | null;
  readonly search: string;
}

export function severityRank(event: AgentEvent): number {
  return SEVERITIES.indexOf(event.body.severity);
}

export function eventColumns(event: AgentEvent): EventColumns {
  const { data } = event.body;
  const user = 'actor' in data ? data.actor.name : null;
  const file = 'file' in data ? data.file.path : null;
  const rule = 'verdict' in data ? (data.verdict.rule ?? null) : 'rule' in data ? (data.rule ?? null) : null;
  const persons = 'persons' in data ? data.persons.to : null;
  const device = 'volume' in data ? data.volume.device : 'device' in data ? data.device : undefined;
  const label = 'volume' in data ? data.volume.label : undefined;
  const words = [file, user, event.host, rule, device?.serial, device?.productName, label];
  return { user, file, rule, persons, search: foldText(words.filter((word) => typeof word === 'string').join('\n')) };
}

/** Search is by the look of the words: full-width and half-width, upper and lower case are the same. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The event's JSON from what is stored: the hash put back into the content that it covers. */
export function eventText(content: unknown, hash: unknown): string {
  return `${String(content).slice(0, -1)},"hash":"${String(hash)}"}`;
}
