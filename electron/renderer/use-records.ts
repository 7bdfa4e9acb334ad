import { useCallback, useEffect, useState } from 'react';
import type { OwnEvent } from '../../src/contracts/ipc.ts';
import type { CallFailure, CallResult } from '../ipc/calls.ts';
import { call, listen } from './api.ts';
import { useTrayState } from './tray-state.tsx';

const PAGE = 50;

export interface Records {
  /** Newest first. Null before the first answer. */
  readonly events: readonly OwnEvent[] | null;
  readonly failure: CallFailure | null;
  /** There may be older ones. */
  readonly more: boolean;
  readonly loadOlder: () => Promise<void>;
}

/** The user's own records: the newest page, kept current, and older ones on demand. */
export function useRecords(): Records {
  const { connection } = useTrayState();
  const [events, setEvents] = useState<readonly OwnEvent[] | null>(null);
  const [failure, setFailure] = useState<CallFailure | null>(null);
  const [more, setMore] = useState(false);

  const show = useCallback((answer: CallResult<'listEvents'>, known: 'keep' | 'replace') => {
    setFailure(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    const listed = answer.value.events;
    setMore(listed.length === PAGE);
    setEvents((before) => merge(listed, known === 'keep' ? (before ?? []) : []));
  }, []);

  useEffect(() => {
    const refresh = async (): Promise<void> => show(await call('listEvents', { limit: PAGE }), 'replace');
    if (connection === 'connected') void refresh();
    return listen('recordsStale', () => void refresh());
  }, [connection, show]);
  useEffect(() => listen('eventRecorded', (event) => setEvents((known) => merge([event], known ?? []))), []);

  const oldest = events?.at(-1)?.id;
  const loadOlder = async (): Promise<void> => {
    if (oldest !== undefined) show(await call('listEvents', { limit: PAGE, before: oldest }), 'keep');
  };
  return { events, failure, more, loadOlder };
}

/** An event may come twice, by its push and in a list; ids are UUIDv7 and sort by time. */
function merge(some: readonly OwnEvent[], others: readonly OwnEvent[]): OwnEvent[] {
  const byId = new Map([...some, ...others].map((event) => [event.id, event]));
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
