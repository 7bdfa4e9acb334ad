import { useState } from 'react';
import { Link } from 'wouter';
import { TypeBadge } from '../../ui/badges.tsx';
import { eventHeadline } from '../../ui/event-headline.ts';
import { personsText } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import type { ShownEvent } from '../api/shown-event.ts';
import { Notice } from '../components/notice.tsx';
import { useNow } from '../use-now.ts';
import { EventDrawer } from './event-drawer.tsx';
import { eventRow } from './event-row.ts';
import styles from './serious-events.module.css';

/** The newest events that somebody should look at, as sentences. */
export function SeriousEvents({ events, allHref }: { readonly events: readonly ShownEvent[]; readonly allHref: string }) {
  const { t } = useUi();
  const now = useNow();
  const [openId, setOpenId] = useState<string | null>(null);
  if (events.length === 0) {
    return <Notice kind="empty" icon="check" title={t('console:overview.serious-empty')} lead={t('console:overview.serious-empty-lead')} />;
  }
  return (
    <>
      <ul className={styles['list']}>
        {events.map((stored) => (
          <li key={stored.event.id}>
            <button type="button" className={styles['item']} onClick={() => setOpenId(stored.event.id)}>
              <SeriousEvent stored={stored} now={now} />
            </button>
          </li>
        ))}
      </ul>
      <p className={styles['all']}>
        <Link href={allHref}>{t('console:overview.all-events')}</Link>
      </p>
      <EventDrawer events={events} openId={openId} onOpen={setOpenId} />
    </>
  );
}

function SeriousEvent({ stored, now }: { readonly stored: ShownEvent; readonly now: number }) {
  const { t, format } = useUi();
  const { event } = stored;
  const row = eventRow(event.body, t, format);
  const facts = [row.who, event.host, row.where].filter((part) => part !== '').join(' · ');
  const persons = row.persons === null || row.persons.to === 0 ? '' : personsText(row.persons, t, format);
  return (
    <>
      <span className={styles['badge']}>
        <TypeBadge type={event.body.type} />
      </span>
      <span className={styles['text']}>
        <span className={styles['headline']}>{eventHeadline(event.body, t, format)}</span>
        <span className={styles['detail']}>{[facts, row.detail].filter((part) => part !== '').join(' — ')}</span>
      </span>
      <span className={styles['persons']}>{persons}</span>
      <span className={styles['time']} title={format.full(event.time)}>
        <span>{format.time(event.time)}</span>
        <span>{format.otherDay(event.time, now)}</span>
      </span>
    </>
  );
}
