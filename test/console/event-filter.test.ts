import { describe, expect, it } from 'vitest';
import { eventsQuery } from '../../src/contracts/collector-api.ts';
import { type EventFilter, filterParametersOf, isEmpty, mightMatch, parseFilter, queryOf } from '../../src/console/events/event-filter.ts';
import { storedEvents } from '../e2e/console-fixtures.ts';

const NOW = Date.parse('2026-11-22T03:00:00.000Z');

describe('a filter in the address', () => {
  const filter: EventFilter = {
    text: 'A&B 顧客',
    type: 'file.blocked,file.held',
    severity: 'high',
    agent: 'pc-1',
    user: '佐藤 美咲',
    period: '24h',
  };

  it('survives the way there and back', () => {
    expect(parseFilter(new URLSearchParams(filterParametersOf(filter).toString()))).toEqual(filter);
  });

  it('leaves out what is not valid, instead of showing nothing', () => {
    const parameters = new URLSearchParams('severity=terrible&agent=../x&period=9y&from=yesterday&text=list&utm=1');
    expect(parseFilter(parameters)).toEqual({ text: 'list' });
    expect(parseFilter(new URLSearchParams(`text=${'x'.repeat(257)}`))).toEqual({});
  });

  it('is empty without conditions', () => {
    expect(isEmpty({})).toBe(true);
    expect(isEmpty({ text: '', severity: undefined })).toBe(true);
    expect(isEmpty(filter)).toBe(false);
  });
});

describe('the query to the collector', () => {
  it('turns a moving period into its beginning', () => {
    const query = queryOf({ period: '24h', severity: 'low' }, NOW);
    expect(Object.fromEntries(query)).toEqual({ severity: 'low', from: '2026-11-21T03:00:00.000Z' });
  });

  it('is what the contract takes, which refuses unknown fields', () => {
    const filter: EventFilter = {
      text: 'x',
      type: 'file.held',
      severity: 'low',
      agent: 'pc-1',
      user: 'u',
      period: '1h',
      to: '2026-11-22T03:00:00.000Z',
    };
    expect(eventsQuery.safeParse(Object.fromEntries(queryOf(filter, NOW))).success).toBe(true);
  });
});

describe('an event that just arrived', () => {
  const [, blocked] = storedEvents(NOW, 0);
  if (blocked === undefined) throw new Error('no fixture');

  it.each<[EventFilter, boolean]>([
    [{}, true],
    [{ type: 'file.held,file.blocked' }, true],
    [{ type: 'file.held' }, false],
    [{ severity: 'medium' }, true],
    [{ agent: 'jinji-pc-003' }, true],
    [{ agent: 'jinji-pc-004' }, false],
    [{ user: '田中 健一' }, true],
    [{ user: '田中' }, false],
    [{ text: 'ｂ7700a1e44　扶養控除' }, true],
    [{ text: 'jinji' }, true],
    [{ text: '扶養控除 nowhere' }, false],
  ])('with %j might match: %j', (filter, expected) => {
    expect(mightMatch(filter, blocked)).toBe(expected);
  });
});
