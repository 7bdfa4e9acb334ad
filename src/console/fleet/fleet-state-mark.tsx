import { useUi } from '../../ui/use-ui.ts';
import type { FleetState } from './fleet-state.ts';
import styles from './fleet-state-mark.module.css';

export function FleetStateMark({ state }: { readonly state: FleetState }) {
  const { t } = useUi();
  return (
    <span className={`${styles['mark']} ${styles[state]}`}>
      <span className={styles['dot']} aria-hidden="true" />
      {t(`console:fleet.state.${state}`)}
    </span>
  );
}
