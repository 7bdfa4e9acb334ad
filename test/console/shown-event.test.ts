import { describe, expect, it } from 'vitest';
import { shownEvent, shownEventsPage } from '../../src/console/api/shown-event.ts';
import { isKnown } from '../../src/ui/event-headline.ts';
import { storedEvents } from '../e2e/console-fixtures.ts';

const NOW = Date.parse('2026-11-22T03:00:00.000Z');
const events = storedEvents(NOW, 0);
const [first] = events;
if (first === undefined) throw new Error('no fixtures');

describe('shownEvent', () => {
  it('takes every event of the contract as it is', () => {
    expect(shownEventsPage.parse({ events, next: null }).events).toEqual(events);
    expect(events.every((stored) => isKnown(shownEvent.parse(stored).event.body))).toBe(true);
  });

  it('keeps an event of a newer agent, marked as unknown', () => {
    const body = { type: 'print.blocked', severity: 'high', data: { printer: 'lobby' } };
    const parsed = shownEvent.parse({ ...first, event: { ...first.event, body } });
    expect(isKnown(parsed.event.body)).toBe(false);
    expect(parsed.event.body).toMatchObject(body);
  });

  it.each([
    ['no hash', { hash: undefined }],
    ['a severity of its own', { body: { ...first.event.body, type: 'x.y', severity: 'purple' } }],
    ['a sequence of zero', { sequence: 0 }],
  ])('refuses an event with %s', (_, change) => {
    expect(shownEvent.safeParse({ ...first, event: { ...first.event, ...change } }).success).toBe(false);
  });
});
