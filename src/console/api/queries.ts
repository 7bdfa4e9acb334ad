import { QueryCache, QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { EventFilter } from '../events/event-filter.ts';
import { type EventPages, withNewest } from '../events/event-pages.ts';
import { api, ApiProblem } from './api.ts';
import type { LiveEvents, LiveState } from './live-events.ts';
import type { ShownEvent } from './shown-event.ts';

const SESSION = ['session'] as const;
const SUMMARY = ['summary'] as const;
const FLEET = ['fleet'] as const;
const REFRESH_MILLIS = 30_000;

/** Any answer "not signed in" empties the session, and with it the page falls back to the sign-in form. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiProblem && error.signedOut) client.setQueryData(SESSION, null);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiProblem && error.retryable,
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
  return client;
}

export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: ({ signal }) => api.session(signal), staleTime: Number.POSITIVE_INFINITY });
}

export function useSignIn() {
  const client = useQueryClient();
  return async (name: string, password: string): Promise<void> => {
    await api.login(name, password);
    await client.invalidateQueries({ queryKey: SESSION });
  };
}

/** Ends the session at the collector first: a page that only forgets it would leave the cookie good for whoever comes next. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.logout(),
    onSuccess: () => {
      client.setQueryData(SESSION, null);
      // What one person saw must not be there for the next.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
    },
    onError: () => client.invalidateQueries({ queryKey: SESSION }),
  });
}

export function useSummary() {
  return useQuery({ queryKey: SUMMARY, queryFn: ({ signal }) => api.summary(signal), refetchInterval: REFRESH_MILLIS });
}

export function useFleet() {
  return useQuery({ queryKey: FLEET, queryFn: ({ signal }) => api.fleet(signal), refetchInterval: REFRESH_MILLIS });
}

const eventsKey = (filter: EventFilter) => ['events', filter] as const;

export function useEventList(filter: EventFilter) {
  return useInfiniteQuery({
    queryKey: eventsKey(filter),
    queryFn: ({ pageParam, signal }) => api.events(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // New events arrive through useRefreshEvents; fetching every loaded page again would repeat what is known.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** Brings the newest page into a loaded list. */
export function useRefreshEvents(filter: EventFilter): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    const newest = await client.fetchQuery({
      queryKey: ['events-newest', filter],
      queryFn: ({ signal }) => api.events(filter, null, signal),
      staleTime: 0,
    });
    client.setQueryData<EventPages>(eventsKey(filter), (old) => (old === undefined ? old : withNewest(old, newest)));
  };
}

export function useRefreshOverview(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([SUMMARY, FLEET, ['events']].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}

export const LiveContext = createContext<LiveEvents | null>(null);

/** Calls back with the events that arrived, in bursts; with none when some may have been missed. */
export function useLive(onEvents: (events: readonly ShownEvent[]) => void): LiveState {
  const live = use(LiveContext);
  if (live === null) throw new Error('useLive needs a LiveContext above it');
  const report = useEffectEvent(onEvents);
  useEffect(() => live.listen((events) => report(events)), [live]);
  return useSyncExternalStore(live.subscribeState, live.state);
}
