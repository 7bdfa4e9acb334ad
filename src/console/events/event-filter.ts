import { z } from 'zod';
import { agentId, instant, SEVERITIES, severity } from '../../contracts/ids.ts';
import type { ShownEvent } from '../api/shown-event.ts';

/** Periods that move with the clock, in milliseconds. */
export const PERIODS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const;
export type Period = keyof typeof PERIODS;

/** What the event list is narrowed to. Lives in the page's address, so that a view can be sent to a colleague. */
const filterParameters = z.object({
  text: z.string().max(256).optional().catch(undefined),
  type: z.string().max(512).optional().catch(undefined),
  severity: severity.optional().catch(undefined),
  agent: agentId.optional().catch(undefined),
  user: z.string().max(256).optional().catch(undefined),
  period: z.enum(['1h', '24h', '7d', '30d']).optional().catch(undefined),
  from: instant.optional().catch(undefined),
  to: instant.optional().catch(undefined),
});
export type EventFilter = z.infer<typeof filterParameters>;

const FIELDS = ['text', 'type', 'severity', 'agent', 'user', 'period', 'from', 'to'] as const satisfies readonly (keyof EventFilter)[];

/** Reads an address; what is not valid there is left out rather than refused. */
export function parseFilter(parameters: URLSearchParams): EventFilter {
  const parsed = filterParameters.parse(Object.fromEntries(parameters));
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined && value !== ''));
}

export function filterParametersOf(filter: EventFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filter[field];
    if (value !== undefined && value !== '') parameters.set(field, value);
  }
  return parameters;
}

/** The query of `GET /api/events`; a moving period becomes its beginning. */
export function queryOf(filter: EventFilter, now: number): URLSearchParams {
  const query = filterParametersOf(filter);
  query.delete('period');
  if (filter.period !== undefined) query.set('from', new Date(now - PERIODS[filter.period]).toISOString());
  return query;
}

export function isEmpty(filter: EventFilter): boolean {
  return FIELDS.every((field) => filter[field] === undefined || filter[field] === '');
}

/**
 * Whether an event that just arrived may belong to a filtered list: never false for one that does, so that asking the
 * collector again can be spared. The collector has the last word; it writes every filtered look into its audit log.
 */
export function mightMatch(filter: EventFilter, { event }: ShownEvent): boolean {
  const { type, severity: least, agent, user, text = '' } = filter;
  if (type !== undefined && !type.split(',').includes(event.body.type)) return false;
  if (least !== undefined && SEVERITIES.indexOf(event.body.severity) < SEVERITIES.indexOf(least)) return false;
  if (agent !== undefined && event.agent !== agent) return false;
  const texts = textsOf([event.host, event.body.data]);
  if (user !== undefined && !texts.includes(user)) return false;
  const searched = fold(texts.join('\n'));
  return fold(text)
    .split(/\s+/u)
    .every((word) => searched.includes(word));
}

/** As the collector compares words: full and half width, upper and lower case are the same. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
