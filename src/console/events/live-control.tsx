import { Button } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { Icon } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import type { LiveState } from '../api/live-events.ts';
import styles from './live-control.module.css';

/** Often enough to know, seldom enough to listen to anything else. */
const ANNOUNCE_MILLIS = 10_000;

interface LiveControlProps {
  readonly state: LiveState;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}

/** The stream's state, and the switch that holds the list still. */
export function LiveControl({ state, paused, onPause }: LiveControlProps) {
  const { t } = useUi();
  const shown = paused && state === 'live' ? 'paused' : state;
  return (
    <div className={styles['control']}>
      <span className={`${styles['state']} ${styles[shown]}`} role="status">
        <span className={styles['dot']} aria-hidden="true" />
        {t(`console:live.${shown}`)}
      </span>
      <Button
        size="xs"
        variant="default"
        aria-pressed={paused}
        leftSection={<Icon name={paused ? 'play' : 'pause'} size={13} />}
        onClick={() => onPause(!paused)}
      >
        {t(paused ? 'console:live.resume' : 'console:live.pause')}
      </Button>
    </div>
  );
}

/** Tells screen readers how many events came, gathered over some seconds. `total` only ever grows. */
export function LiveAnnouncer({ total }: { readonly total: number }) {
  const { t, format } = useUi();
  const [said, setSaid] = useState({ total, text: '' });
  const waiting = total > said.total;
  const speak = useEffectEvent(() => {
    const count = total - said.total;
    setSaid({ total, text: t('console:live.announce', { count, formatted: format.number(count) }) });
  });
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => speak(), ANNOUNCE_MILLIS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {said.text}
    </div>
  );
}
