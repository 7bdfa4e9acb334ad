import type { ReactNode } from 'react';
import type { AgentStatus } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';
import { localized } from '../../src/ui/event-words.ts';
import type { Formatter } from '../../src/ui/format.ts';
import { useUi } from '../../src/ui/use-ui.ts';
import styles from './facts.module.css';

/** Policy, collector, screen lock and this PC, each with what it means for the person. */
export function Facts({ status }: { readonly status: AgentStatus }) {
  const { t, format } = useUi();
  return (
    <dl className={styles['facts']}>
      <Fact title={t('tray:policy.title')}>{policyLines(status, t)}</Fact>
      <Fact title={t('tray:collector.title')}>{collectorLines(status.collector, t, format)}</Fact>
      <Fact title={t('tray:screen-lock.title')}>{[screenLockLine(status.screenLock, t, format)]}</Fact>
      <Fact title={t('tray:this-pc.title')}>
        {[status.host, t('tray:this-pc.agent', { version: status.version, time: format.full(status.started) })]}
      </Fact>
    </dl>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  const [first, ...rest] = children;
  return (
    <div className={styles['fact']}>
      <dt>{title}</dt>
      <dd>
        <div className={styles['first']}>{first}</div>
        {rest.map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- fixed lines, never reordered
          <div key={index} className={styles['more']}>
            {line}
          </div>
        ))}
      </dd>
    </div>
  );
}

function policyLines({ policy, policyTitle }: AgentStatus, t: Translate): string[] {
  if (policy === null) return [t('tray:policy.none')];
  const reference = t('tray:policy.version', policy);
  return policyTitle === null ? [reference] : [localized(policyTitle, t), reference];
}

function collectorLines(collector: AgentStatus['collector'], t: Translate, format: Formatter): string[] {
  if (!collector.enrolled) return [t('tray:collector.not-enrolled')];
  const { lastContact, spooled, url } = collector;
  return [
    lastContact === null
      ? t('tray:collector.never')
      : t('tray:collector.last', { time: `${format.day(lastContact)} ${format.time(lastContact)}` }),
    spooled === 0 ? t('tray:collector.spooled-none') : t('tray:collector.spooled', { count: spooled }),
    ...(url === null ? [] : [url]),
  ];
}

function screenLockLine(setting: AgentStatus['screenLock'], t: Translate, format: Formatter): string {
  if (setting === null) return t('tray:screen-lock.off');
  return t('tray:screen-lock.after', { after: format.duration(setting.afterMillis), warn: format.duration(setting.warnMillis) });
}
