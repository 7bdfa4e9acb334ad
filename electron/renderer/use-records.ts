import { useCallback, useEffect, useState } from 'react';
import type { OwnEvent } from '../../src/contracts/ipc.ts';
import type { CallFailure } from '../ipc/calls.ts';
import { call, listen } from './api.ts';
import { useTrayState } from './tray-state.tsx';

const PAGE = 50;

export interface Records {
  /** Newest first. Null before the first answer. */
  readonly events: readonly OwnEvent[] | null;
  readonly failure: CallFailure | null;
  /** There may be older ones. */
  readonly more: boolean;
  readonly loadOlder: () => void;
}

/** The user's own records: the newest page, kept current, and older ones on demand. */
export function useRecords(): Records {
  const { connection } = useTrayState();
  const [events, setEvents] = useState<readonly OwnEvent[] | null>(null);
  const [failure, setFailure] = useState<CallFailure | null>(null);
  const [more, setMore] = useState(false);

  const load = useCallback(async (before: string | undefined) => {
    const answer = await call('listEvents', before === undefined ? { limit: PAGE } : { limit: PAGE, before });
    setFailure(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    const listed = answer.value.events;
    setMore(listed.length === PAGE);
    setEvents((known) => (before === undefined ? merge(listed, []) : merge(known ?? [], listed)));
  }, []);

  useEffect(() => {
    if (connection === 'connected') void load(undefined);
    else setEvents(null);
  }, [connection, load]);
  useEffect(() => listen('recordsStale', () => void load(undefined)), [load]);
  useEffect(() => listen('eventRecorded', (event) => setEvents((known) => merge([event], known ?? []))), []);

  const oldest = events?.at(-1)?.id;
  const loadOlder = useCallback(() => void load(oldest), [load, oldest]);
  return { events, failure, more, loadOlder };
}

/** An event may come twice, by its push and in a list; ids are UUIDv7 and sort by time. */
function merge(some: readonly OwnEvent[], others: readonly OwnEvent[]): OwnEvent[] {
  const byId = new Map([...some, ...others].map((event) => [event.id, event]));
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
