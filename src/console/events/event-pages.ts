import type { InfiniteData } from '@tanstack/react-query';
import type { ShownEvent, ShownEventsPage } from '../api/shown-event.ts';

export type EventPages = InfiniteData<ShownEventsPage, string | null>;

/** All loaded events, newest first. */
export function loadedEvents(pages: { readonly pages: readonly ShownEventsPage[] }): ShownEvent[] {
  return pages.pages.flatMap((page) => page.events);
}

/**
 * Lays the newest page over what is loaded. Events are ordered by when they happened, so one of a PC that was offline
 * may belong in the middle: the newest page is right about its whole span, the older ones about what lies behind it.
 * When it knows none of the loaded events, more may have come in between than one page holds: then the list starts
 * again from it, so that it never hides a hole.
 */
export function withNewest(old: EventPages, newest: ShownEventsPage): EventPages {
  const loaded = new Set(loadedEvents(old).map((stored) => stored.event.id));
  const arrived = newest.events.filter((stored) => !loaded.has(stored.event.id));
  if (arrived.length === 0) return old;
  const restart: EventPages = { pages: [newest], pageParams: [null] };
  const last = newest.events.at(-1);
  if (last === undefined || newest.next === null || arrived.length === newest.events.length) return restart;
  const covered = new Set(newest.events.map((stored) => stored.event.id));
  const behind = (stored: ShownEvent): boolean => !covered.has(stored.event.id) && stored.event.time <= last.event.time;
  const [first, ...older] = old.pages.map((page) => ({ ...page, events: page.events.filter(behind) }));
  if (first === undefined) return restart;
  return { pages: [{ next: first.next, events: [...newest.events, ...first.events] }, ...older], pageParams: old.pageParams };
}
