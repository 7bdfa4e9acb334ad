import type { EventType } from '../contracts/event.ts';
import { SEVERITIES, type Severity } from '../contracts/ids.ts';
import type { Action } from '../contracts/verdict.ts';
import styles from './badges.module.css';
import { isEventType, typeName } from './event-words.ts';
import { Icon, type IconName } from './icons.tsx';
import { useUi } from './use-ui.ts';

/** The five outcomes a reader tells apart by colour and sign; everything else is plain. */
export type Tone = 'encrypt' | 'block' | 'hold' | 'allow' | 'fail' | 'plain';

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
}

const look = (tone: Tone, icon: IconName): Look => ({ tone, icon });

const TYPE_LOOKS: Readonly<Record<EventType, Look>> = {
  'file.encrypted': look('encrypt', 'lock'),
  'file.blocked': look('block', 'stop'),
  'file.held': look('hold', 'hold'),
  'file.warned': look('hold', 'warn'),
  'file.allowed': look('allow', 'check'),
  'file.recorded': look('allow', 'record'),
  'file.released': look('hold', 'release'),
  'file.enforcement-failed': look('fail', 'fail'),
  'file.damaged': look('fail', 'fail'),
  'guard.failed': look('fail', 'fail'),
  'source.failed': look('fail', 'fail'),
  'policy.refused': look('fail', 'fail'),
  'screen.lock-failed': look('fail', 'fail'),
  'spool.overflowed': look('fail', 'fail'),
  'quarantine.restored': look('hold', 'release'),
  'quarantine.expired': look('plain', 'record'),
  'policy.applied': look('plain', 'agent'),
  'agent.started': look('plain', 'agent'),
  'agent.stopped': look('plain', 'agent'),
  'device.attached': look('plain', 'device'),
  'device.detached': look('plain', 'device'),
  'device.access-changed': look('plain', 'device'),
  'volume.mounted': look('plain', 'device'),
  'volume.unmounted': look('plain', 'device'),
  'screen.lock-warned': look('plain', 'screen'),
  'screen.locked': look('plain', 'screen'),
};

const ACTION_LOOKS: Readonly<Record<Action, Look>> = {
  allow: look('allow', 'check'),
  record: look('allow', 'record'),
  warn: look('hold', 'warn'),
  justify: look('hold', 'hold'),
  encrypt: look('encrypt', 'lock'),
  block: look('block', 'stop'),
};

function Badge({ tone, icon, label }: Look & { readonly label: string }) {
  return (
    <span className={`${styles['badge']} ${styles[tone]}`}>
      <Icon name={icon} size={13} />
      {label}
    </span>
  );
}

/** What happened, by the event's type. */
export function TypeBadge({ type }: { readonly type: string }) {
  const { t } = useUi();
  return <Badge {...(isEventType(type) ? TYPE_LOOKS[type] : look('plain', 'record'))} label={typeName(type, t)} />;
}

/** What policy decided. */
export function ActionBadge({ action }: { readonly action: Action }) {
  const { t } = useUi();
  return <Badge {...ACTION_LOOKS[action]} label={t(`events:action.${action}`)} />;
}

/** One to three bars, so that severity does not rest on colour alone. */
export function SeverityMark({ severity, withLabel = false }: { readonly severity: Severity; readonly withLabel?: boolean }) {
  const { t } = useUi();
  const strength = SEVERITIES.indexOf(severity);
  const name = t(`events:severity.${severity}`);
  return (
    <span className={`${styles['severity']} ${styles[severity]}`} title={withLabel ? undefined : name}>
      <span className={styles['bars']} aria-hidden="true">
        {[1, 2, 3].map((level) => (
          <span key={level} className={`${styles['bar']} ${level <= strength ? styles['on'] : ''}`} />
        ))}
      </span>
      <span className={withLabel ? undefined : 'visually-hidden'}>{name}</span>
    </span>
  );
}
