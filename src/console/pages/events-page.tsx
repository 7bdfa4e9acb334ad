import { Button, Loader } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useUi } from '../../ui/use-ui.ts';
import { useEventList, useLive, useRefreshEvents } from '../api/queries.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/shell.tsx';
import { EventDrawer } from '../events/event-drawer.tsx';
import { type EventFilter, filterParametersOf, isEmpty, mightMatch, parseFilter } from '../events/event-filter.ts';
import { EventFilters } from '../events/event-filters.tsx';
import { loadedEvents } from '../events/event-pages.ts';
import { EventTable } from '../events/event-table.tsx';
import { LiveAnnouncer, LiveControl } from '../events/live-control.tsx';
import styles from './events-page.module.css';

export function EventsPage() {
  const { t } = useUi();
  const [parameters, setParameters] = useSearchParams();
  const filter = useMemo(() => parseFilter(parameters), [parameters]);
  const searchField = useRef<HTMLInputElement>(null);
  const changeFilter = (next: EventFilter): void => setParameters(filterParametersOf(next), { replace: true });
  useHotkeys([['/', () => searchField.current?.focus()]]);

  const [paused, setPaused] = useState(false);
  const following = useFollowing(filter, paused);

  return (
    <>
      <PageHeader
        title={t('console:events.title')}
        aside={
          <LiveControl
            state={following.state}
            paused={paused}
            onPause={(pause) => {
              setPaused(pause);
              if (!pause) following.catchUp();
            }}
          />
        }
      />
      <EventFilters filter={filter} onChange={changeFilter} searchField={searchField} />
      <LiveAnnouncer total={following.total} />
      <EventList key={filterParametersOf(filter).toString()} filter={filter} onClear={() => changeFilter({})} following={following} />
    </>
  );
}

/**
 * Follows the stream: at the top of the list new events come in at once; further down, or paused, they wait behind a
 * button, so that nothing moves under the reader's eyes.
 */
function useFollowing(filter: EventFilter, paused: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const refresh = useRefreshEvents(filter);
  const [waiting, setWaiting] = useState(0);
  const [total, setTotal] = useState(0);
  const catchUp = (): void => {
    setWaiting(0);
    // A failed look is not lost: the next event, or the reconnection, looks again.
    refresh().catch(() => undefined);
  };
  const state = useLive((events) => {
    const count = events.filter((stored) => mightMatch(filter, stored)).length;
    if (events.length > 0 && count === 0) return;
    setTotal((before) => before + count);
    if (paused || (scroller.current?.scrollTop ?? 0) > 0) setWaiting((before) => before + count);
    else catchUp();
  });
  return { scroller, waiting, total, state, catchUp };
}

interface EventListProps {
  readonly filter: EventFilter;
  readonly onClear: () => void;
  readonly following: ReturnType<typeof useFollowing>;
}

function EventList({ filter, onClear, following }: EventListProps) {
  const { t, format } = useUi();
  const list = useEventList(filter);
  const [openId, setOpenId] = useState<string | null>(null);
  const events = useMemo(() => (list.data === undefined ? [] : loadedEvents(list.data)), [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (list.isPending) return <Loader size="sm" className={styles['loader'] ?? ''} role="status" aria-label={t('console:loading')} />;
  if (list.isError && events.length === 0) return <ErrorPanel error={list.error} retry={() => void list.refetch()} />;
  if (events.length === 0) return <NoEvents filtered={!isEmpty(filter)} onClear={onClear} />;
  return (
    <div className={styles['list']}>
      {following.waiting === 0 ? null : (
        <Button
          size="compact-sm"
          radius="xl"
          className={styles['waiting'] ?? ''}
          onClick={() => {
            following.scroller.current?.scrollTo({ top: 0 });
            following.catchUp();
          }}
        >
          {t('console:live.waiting', { count: following.waiting, formatted: format.number(following.waiting) })}
        </Button>
      )}
      <EventTable
        events={events}
        openId={openId}
        onOpen={setOpenId}
        onEnd={loadMore}
        scroller={following.scroller}
        footer={t(isFetchingNextPage ? 'console:events.loading-more' : 'console:events.end')}
      />
      <EventDrawer events={events} openId={openId} onOpen={setOpenId} />
    </div>
  );
}

function NoEvents({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  const { t } = useUi();
  if (!filtered) return <Notice kind="empty" icon="device" title={t('console:events.empty')} lead={t('console:events.empty-lead')} />;
  return (
    <Notice
      kind="empty"
      icon="search"
      title={t('console:events.no-match')}
      lead={t('console:events.no-match-lead')}
      action={{ label: t('console:events.clear'), run: onClear }}
    />
  );
}
