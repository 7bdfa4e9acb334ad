import { Skeleton } from '@mantine/core';
import { useThrottledCallback } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { SummaryResponse } from '../../contracts/collector-api.ts';
import type { EventType } from '../../contracts/event.ts';
import type { Tone } from '../../ui/badges.tsx';
import { useUi } from '../../ui/use-ui.ts';
import { useEventList, useFleet, useLive, useRefreshOverview, useSummary } from '../api/queries.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { PageHeader } from '../components/shell.tsx';
import { type EventFilter, filterParametersOf } from '../events/event-filter.ts';
import { loadedEvents } from '../events/event-pages.ts';
import { SeriousEvents } from '../events/serious-events.tsx';
import { FleetSummary } from '../fleet/fleet-summary.tsx';
import styles from './overview-page.module.css';

type Day = SummaryResponse['last24h'];

interface Outcome {
  readonly field: Exclude<keyof Day, 'persons'>;
  readonly tone: Tone;
  readonly types: readonly EventType[];
}

/** Worst first, as they are read. */
const OUTCOMES: readonly Outcome[] = [
  { field: 'failed', tone: 'fail', types: ['file.enforcement-failed'] },
  { field: 'blocked', tone: 'block', types: ['file.blocked'] },
  { field: 'held', tone: 'hold', types: ['file.held'] },
  { field: 'encrypted', tone: 'encrypt', types: ['file.encrypted'] },
  { field: 'allowed', tone: 'allow', types: ['file.allowed', 'file.recorded', 'file.warned'] },
];

const SERIOUS: EventFilter = { severity: 'medium' };
const SERIOUS_SHOWN = 10;
/** Figures need not follow every file of a large copy. */
const REFRESH_MILLIS = 2000;

const eventsHref = (filter: EventFilter): string => `/events?${filterParametersOf(filter)}`;

export function OverviewPage() {
  const { t, format } = useUi();
  const refresh = useThrottledCallback(useRefreshOverview(), REFRESH_MILLIS);
  useLive(() => refresh());
  const summary = useSummary();
  const total = summary.data?.total;
  return (
    <>
      <PageHeader
        title={t('console:overview.title')}
        aside={
          total === undefined ? null : (
            <span className={styles['total']}>{t('console:overview.total', { count: total, formatted: format.number(total) })}</span>
          )
        }
      />
      <div className={styles['page']}>
        <Panel title={t('console:overview.last-day')} className="wide">
          {summary.data !== undefined ? (
            <LastDay day={summary.data.last24h} />
          ) : summary.isError ? (
            <ErrorPanel error={summary.error} retry={() => void summary.refetch()} />
          ) : (
            <Waiting lines={2} />
          )}
        </Panel>
        <Serious />
        <Fleet />
      </div>
    </>
  );
}

function Panel({
  title,
  className,
  children,
}: {
  readonly title: string;
  readonly className: 'wide' | 'main' | 'side';
  readonly children: ReactNode;
}) {
  return (
    <section className={`${styles['panel']} ${styles[className]}`} aria-label={title}>
      <h2 className={styles['heading']}>{title}</h2>
      {children}
    </section>
  );
}

function Waiting({ lines }: { readonly lines: number }) {
  const { t } = useUi();
  return (
    <div className={styles['waiting']} role="status" aria-label={t('console:loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={18} />
      ))}
    </div>
  );
}

function LastDay({ day }: { readonly day: Day }) {
  const { t, format } = useUi();
  const files = OUTCOMES.reduce((sum, { field }) => sum + day[field], 0);
  return (
    <>
      <ul className={styles['figures']}>
        {OUTCOMES.map(({ field, tone, types }) => (
          <li key={field}>
            <Link
              href={eventsHref({ type: types.join(','), period: '24h' })}
              className={`${styles['figure']} ${day[field] === 0 ? styles['zero'] : styles[tone]}`}
            >
              <span className={styles['name']}>{t(`console:overview.${field}`)}</span>
              <span className={styles['number']}>{format.number(day[field])}</span>
            </Link>
          </li>
        ))}
        <li>
          <div className={styles['figure']} title={t('console:overview.persons-hint')}>
            <span className={styles['name']}>{t('console:overview.persons')}</span>
            <span className={styles['number']}>{format.number(day.persons)}</span>
          </div>
        </li>
      </ul>
      {files === 0 ? (
        <p className={styles['quiet']}>{t('console:overview.no-files')}</p>
      ) : (
        <div
          className={styles['share']}
          role="img"
          aria-label={shareText(day, t('console:overview.share'), (field) => t(`console:overview.${field}`), format.number)}
        >
          {OUTCOMES.filter(({ field }) => day[field] > 0).map(({ field, tone }) => (
            <span
              key={field}
              className={styles[tone]}
              style={{ flexGrow: day[field] }}
              title={`${t(`console:overview.${field}`)} ${format.number(day[field])}`}
            />
          ))}
        </div>
      )}
    </>
  );
}

function shareText(day: Day, title: string, name: (field: Outcome['field']) => string, number: (value: number) => string): string {
  return `${title}: ${OUTCOMES.map(({ field }) => `${name(field)} ${number(day[field])}`).join(', ')}`;
}

function Serious() {
  const { t } = useUi();
  const list = useEventList(SERIOUS);
  return (
    <Panel title={t('console:overview.serious')} className="main">
      {list.data !== undefined ? (
        <SeriousEvents events={loadedEvents(list.data).slice(0, SERIOUS_SHOWN)} allHref={eventsHref(SERIOUS)} />
      ) : list.isError ? (
        <ErrorPanel error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Waiting lines={6} />
      )}
    </Panel>
  );
}

function Fleet() {
  const { t } = useUi();
  const fleet = useFleet();
  return (
    <Panel title={t('console:overview.fleet')} className="side">
      {fleet.data !== undefined ? (
        <FleetSummary fleet={fleet.data} />
      ) : fleet.isError ? (
        <ErrorPanel error={fleet.error} retry={() => void fleet.refetch()} />
      ) : (
        <Waiting lines={4} />
      )}
    </Panel>
  );
}
