import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { OwnEvent } from '../../src/contracts/ipc.ts';
import type { Formatter } from '../../src/ui/format.ts';
import { Icon } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import { settledHold } from '../ipc/calls.ts';
import { RecordItem } from './record-item.tsx';
import styles from './records-page.module.css';
import { useTrayState } from './tray-state.tsx';
import { useRecords } from './use-records.ts';

type Filter = 'all' | 'files' | 'other';
const FILTERS: readonly Filter[] = ['all', 'files', 'other'];

const isAboutFile = ({ body }: OwnEvent): boolean => body.type.startsWith('file.') || body.type.startsWith('quarantine.');
const passes = (filter: Filter, event: OwnEvent): boolean => filter === 'all' || isAboutFile(event) === (filter === 'files');

/** All that was recorded about the person at this PC. Nothing is left out of "all". */
export function RecordsPage() {
  const { t, format } = useUi();
  const { connection } = useTrayState();
  const { events, failure, more, loadOlder } = useRecords();
  const [filter, setFilter] = useState<Filter>('all');
  const shown = (events ?? []).filter((event) => passes(filter, event));
  const answered = new Set((events ?? []).map(({ body }) => settledHold(body)));

  if (connection !== 'connected' || (failure !== null && events === null))
    return <Empty title={t('tray:records.unavailable')} hint={t(`tray:connection.${connection}`)} />;

  return (
    <>
      <div className={styles['top']}>
        <p>{t('tray:records.intro')}</p>
        <SegmentedControl
          size="xs"
          value={filter}
          data={FILTERS.map((value) => ({ value, label: t(`tray:records.filter.${value}`) }))}
          onChange={(value) => setFilter(FILTERS.find((known) => known === value) ?? 'all')}
        />
      </div>
      {events !== null && shown.length === 0 ? <Empty title={t('tray:records.empty')} hint={t('tray:records.empty-hint')} /> : null}
      {byDay(shown, format).map(([day, items]) => (
        <section key={day} className={styles['day']}>
          <h2>{day}</h2>
          <ul>
            {items.map((event) => (
              <RecordItem key={event.id} event={event} answered={answered} />
            ))}
          </ul>
        </section>
      ))}
      {more ? (
        <Button variant="default" onClick={() => void loadOlder()}>
          {t('tray:records.older')}
        </Button>
      ) : null}
      {!more && shown.length > 0 ? <p className={styles['end']}>{t('tray:records.all-shown')}</p> : null}
    </>
  );
}

function Empty({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <div className={styles['empty']}>
      <Icon name="record" size={32} />
      <strong>{title}</strong>
      <p>{hint}</p>
    </div>
  );
}

function byDay(events: readonly OwnEvent[], format: Formatter): [string, OwnEvent[]][] {
  const days = new Map<string, OwnEvent[]>();
  for (const event of events) {
    const day = format.day(event.time);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days];
}
