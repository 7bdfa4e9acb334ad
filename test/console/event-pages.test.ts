import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShownEvent } from '../../src/console/api/shown-event.ts';
import { type EventPages, loadedEvents, withNewest } from '../../src/console/events/event-pages.ts';
import { file, stored } from '../e2e/console-fixtures.ts';

const NOW = Date.parse('2026-11-22T03:00:00.000Z');
const PAGE = 5;

const eventAt = (number: number, minutesAgo = 1000 - number): ShownEvent =>
  stored(file('file.allowed', minutesAgo, 'pc-1', { path: `${number}.txt`, user: 'u' }), NOW, number);

const newestFirst = (events: readonly ShownEvent[]): ShownEvent[] =>
  events.toSorted((a, b) => (a.event.time < b.event.time ? 1 : a.event.time > b.event.time ? -1 : 0));

/** The collector's side: a page of what is stored. */
function pageOf(store: readonly ShownEvent[], start = 0) {
  const end = start + PAGE;
  return { events: newestFirst(store).slice(start, end), next: end < store.length ? String(end) : null };
}

const loaded = (store: readonly ShownEvent[]): EventPages => ({
  pages: [pageOf(store), pageOf(store, PAGE)],
  pageParams: [null, String(PAGE)],
});
const numbers = (pages: EventPages): number[] => loadedEvents(pages).map((event) => event.event.sequence);
const upTo = (count: number): ShownEvent[] => Array.from({ length: count }, (_, index) => eventAt(index + 1));

describe('withNewest', () => {
  it('puts new events on top and keeps the older pages', () => {
    expect(numbers(withNewest(loaded(upTo(12)), pageOf(upTo(14))))).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  it('returns the same object when nothing is new, so that nothing is drawn again', () => {
    const old = loaded(upTo(12));
    expect(withNewest(old, pageOf(upTo(12)))).toBe(old);
  });

  it('starts again when more came than one page holds', () => {
    const pages = withNewest(loaded(upTo(12)), pageOf(upTo(30)));
    expect(numbers(pages)).toEqual([30, 29, 28, 27, 26]);
    expect(pages.pages[0]?.next).toBe('5');
  });

  it('puts an event of a PC that was offline where it belongs', () => {
    const late = eventAt(50, 1000 - 10.5);
    expect(numbers(withNewest(loaded(upTo(12)), pageOf([...upTo(12), late])))).toEqual([12, 11, 50, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  it('fills an empty list', () => {
    const empty: EventPages = { pages: [{ events: [], next: null }], pageParams: [null] };
    expect(numbers(withNewest(empty, pageOf(upTo(2))))).toEqual([2, 1]);
  });

  it('never shows an event twice nor out of order, whatever arrives in whatever bursts', () => {
    assert(
      property(array(array(integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 9 }), { maxLength: 8 }), (bursts) => {
        let store = upTo(12);
        let pages = loaded(store);
        for (const burst of bursts) {
          store = [...store, ...burst.map((ago, index) => eventAt(store.length + index + 1, ago))];
          pages = withNewest(pages, pageOf(store));
        }
        const shown = loadedEvents(pages);
        expect(new Set(shown.map((each) => each.event.id)).size).toBe(shown.length);
        expect(shown.map((each) => each.event.time)).toEqual(newestFirst(shown).map((each) => each.event.time));
        expect(shown.slice(0, PAGE).map((each) => each.event.time)).toEqual(pageOf(store).events.map((each) => each.event.time));
      }),
    );
  });
});
