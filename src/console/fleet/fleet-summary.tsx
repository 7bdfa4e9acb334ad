import { Link } from 'wouter';
import type { FleetResponse } from '../../contracts/collector-api.ts';
import { policyName } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import { Notice } from '../components/notice.tsx';
import { useNow } from '../use-now.ts';
import { FLEET_STATES, fleetStates } from './fleet-state.ts';
import { FleetStateMark } from './fleet-state-mark.tsx';
import styles from './fleet-summary.module.css';

/** How many PCs are in which state. */
export function FleetSummary({ fleet }: { readonly fleet: FleetResponse }) {
  const { t, format } = useUi();
  const now = useNow();
  const { agents, policy } = fleet;
  if (agents.length === 0) {
    return <Notice kind="empty" icon="fleet" title={t('console:fleet.empty')} lead={t('console:fleet.empty-lead')} />;
  }
  const states = agents.flatMap((agent) => fleetStates(agent, now));
  return (
    <div className={styles['summary']}>
      <p className={styles['agents']}>{t('console:overview.agents', { count: agents.length, formatted: format.number(agents.length) })}</p>
      <ul className={styles['states']}>
        {FLEET_STATES.toReversed().map((state) => {
          const count = states.filter((each) => each === state).length;
          return count === 0 && state !== 'ok' ? null : (
            <li key={state}>
              <FleetStateMark state={state} />
              <span className={styles['count']}>{format.number(count)}</span>
            </li>
          );
        })}
      </ul>
      <p className={styles['policy']}>
        {policy === null ? t('console:fleet.no-policy') : t('console:fleet.current', { policy: policyName(policy) })}
      </p>
      <Link href="/fleet" className={styles['open'] ?? ''}>
        {t('console:overview.fleet-open')}
      </Link>
    </div>
  );
}
