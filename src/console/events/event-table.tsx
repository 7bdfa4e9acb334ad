import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from 'react';
import { SeverityMark, TypeBadge } from '../../ui/badges.tsx';
import { useUi } from '../../ui/use-ui.ts';
import type { ShownEvent } from '../api/shown-event.ts';
import { useNow } from '../use-now.ts';
import { eventRow } from './event-row.ts';
import styles from './event-table.module.css';

const ROW_HEIGHT = 48;
const COLUMNS = ['severity', 'time', 'outcome', 'what', 'who', 'where', 'persons'] as const;

interface EventTableProps {
  readonly events: readonly ShownEvent[];
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
  /** Called when the end comes near. */
  readonly onEnd: () => void;
  readonly footer: string;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** Only the rows in sight are in the document; a grid with one tab stop, moved through with the arrow keys. */
export function EventTable({ events, openId, onOpen, onEnd, footer, scroller }: EventTableProps) {
  const { t } = useUi();
  const id = useId();
  const now = useNow();
  const [active, setActive] = useState<string | null>(null);
  // oxlint-disable-next-line react/incompatible-library -- the hook returns changing functions; no compiler memoizes this component
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => events[index]?.event.id ?? index,
    overscan: 12,
    initialRect: { width: 1000, height: 700 },
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const nearEnd = events.length > 0 && last >= events.length - 20;
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, onEnd]);

  const activeIndex = events.findIndex((stored) => stored.event.id === active);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      if (active !== null) onOpen(active);
    } else {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
      const target = keyTarget(event.key, activeIndex, events.length, page);
      if (target === null) return;
      setActive(events[target]?.event.id ?? null);
      virtualizer.scrollToIndex(target, { align: 'auto' });
    }
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className={styles['scroller']}
      role="grid"
      tabIndex={0}
      aria-label={t('console:events.table')}
      aria-rowcount={events.length + 1}
      aria-activedescendant={activeIndex < 0 ? undefined : `${id}${active}`}
      onKeyDown={onKeyDown}
    >
      <div className={`${styles['row']} ${styles['head']}`} role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <span key={column} role="columnheader" className={styles[column]}>
            {column === 'severity' ? (
              <span className="visually-hidden">{t('console:column.severity')}</span>
            ) : (
              t(`console:column.${column}`)
            )}
          </span>
        ))}
      </div>
      <div className={styles['rows']} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const stored = events[item.index];
          if (stored === undefined) return null;
          const key = stored.event.id;
          return (
            <div
              key={key}
              id={`${id}${key}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={key === openId}
              className={`${styles['row']} ${styles['body']} ${key === active ? styles['active'] : ''} ${key === openId ? styles['open'] : ''}`}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => {
                setActive(key);
                onOpen(key);
              }}
            >
              <EventCells stored={stored} now={now} />
            </div>
          );
        })}
      </div>
      <p className={styles['footer']}>{footer}</p>
    </div>
  );
}

/** Where a key moves to; null for keys that are not ours. */
function keyTarget(key: string, index: number, length: number, page: number): number | null {
  const clamp = (target: number): number => Math.max(0, Math.min(length - 1, target));
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamp(index + 1);
    case 'ArrowUp':
    case 'k':
      return clamp(index - 1);
    case 'PageDown':
      return clamp(index + page);
    case 'PageUp':
      return clamp(index - page);
    case 'Home':
      return 0;
    case 'End':
      return clamp(length - 1);
    default:
      return null;
  }
}

function EventCells({ stored, now }: { readonly stored: ShownEvent; readonly now: number }) {
  const { t, format } = useUi();
  const { event } = stored;
  const row = eventRow(event.body, t, format);
  return (
    <>
      <span role="gridcell" className={styles['severity']}>
        <SeverityMark severity={event.body.severity} />
      </span>
      <span role="gridcell" className={styles['time']} title={format.full(event.time)}>
        <span className={styles['first']}>{format.time(event.time)}</span>
        <span className={styles['second']}>{format.otherDay(event.time, now)}</span>
      </span>
      <span role="gridcell" className={styles['outcome']}>
        <TypeBadge type={event.body.type} />
      </span>
      <TwoLines column="what" first={row.what} second={row.detail} />
      <TwoLines column="who" first={row.who} second={event.host} />
      <TwoLines column="where" first={row.where} second={row.whereDetail} />
      <span role="gridcell" className={`${styles['persons']} ${(row.persons?.to ?? 0) > 0 ? styles['some'] : ''}`}>
        {row.persons === null || row.persons.to === 0 ? '' : rangeText(row.persons.from, row.persons.to, format.number)}
      </span>
    </>
  );
}

function rangeText(from: number, to: number, number: (value: number) => string): string {
  return from === to ? number(to) : `${number(from)}–${number(to)}`;
}

function TwoLines({
  column,
  first,
  second,
}: {
  readonly column: 'what' | 'who' | 'where';
  readonly first: string;
  readonly second: string;
}) {
  return (
    <span role="gridcell" className={styles[column]}>
      {first === '' ? null : (
        <span className={styles['first']} title={first}>
          {first}
        </span>
      )}
      {second === '' ? null : (
        <span className={styles['second']} title={second}>
          {second}
        </span>
      )}
    </span>
  );
}
