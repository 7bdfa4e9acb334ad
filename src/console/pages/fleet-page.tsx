import { Loader, TextInput } from '@mantine/core';
import { useThrottledCallback } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import type { FleetAgent, FleetResponse } from '../../contracts/collector-api.ts';
import { policyName } from '../../ui/event-words.ts';
import { Icon } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import { useFleet, useLive } from '../api/queries.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/shell.tsx';
import { FLEET_STATES, fleetStates } from '../fleet/fleet-state.ts';
import { FleetStateMark } from '../fleet/fleet-state-mark.tsx';
import { useNow } from '../use-now.ts';
import styles from './fleet-page.module.css';

const REFRESH_MILLIS = 2000;

export function FleetPage() {
  const { t } = useUi();
  const fleet = useFleet();
  const refresh = useThrottledCallback(() => void fleet.refetch(), REFRESH_MILLIS);
  useLive(() => refresh());
  return (
    <>
      <PageHeader title={t('console:fleet.title')} />
      {fleet.data !== undefined ? (
        <FleetList fleet={fleet.data} />
      ) : fleet.isError ? (
        <ErrorPanel error={fleet.error} retry={() => void fleet.refetch()} />
      ) : (
        <Loader size="sm" className={styles['loader'] ?? ''} role="status" aria-label={t('console:loading')} />
      )}
    </>
  );
}

function FleetList({ fleet }: { readonly fleet: FleetResponse }) {
  const { t } = useUi();
  const now = useNow();
  const [text, setText] = useState('');
  if (fleet.agents.length === 0)
    return <Notice kind="empty" icon="fleet" title={t('console:fleet.empty')} lead={t('console:fleet.empty-lead')} />;
  const agents = fleet.agents
    .filter((agent) => matches(agent, text))
    .toSorted((a, b) => urgency(a, now) - urgency(b, now) || a.host.localeCompare(b.host));
  return (
    <>
      <div className={styles['bar']}>
        <TextInput
          size="xs"
          type="search"
          className={styles['search'] ?? ''}
          aria-label={t('console:fleet.filter')}
          placeholder={t('console:fleet.filter')}
          leftSection={<Icon name="search" size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span className={styles['policy']}>
          {fleet.policy === null ? t('console:fleet.no-policy') : t('console:fleet.current', { policy: policyName(fleet.policy) })}
        </span>
      </div>
      <div className={styles['scroller']}>
        <table className={styles['table']} aria-label={t('console:fleet.title')}>
          <thead>
            <tr>
              {(['host', 'state', 'last-seen', 'policy', 'guards', 'os', 'version', 'stored'] as const).map((column) => (
                <th key={column} scope="col" className={column === 'stored' ? styles['right'] : undefined}>
                  {t(`console:fleet.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {agents.map((agent) => (
              <AgentRow key={agent.agent} agent={agent} now={now} />
            ))}
          </tbody>
        </table>
        {agents.length === 0 ? <p className={styles['none']}>{t('console:fleet.no-match')}</p> : null}
      </div>
    </>
  );
}

function matches(agent: FleetAgent, text: string): boolean {
  const policy = agent.policy === null ? '' : policyName(agent.policy);
  return [agent.host, agent.os, agent.agent, policy].join('\n').toLowerCase().includes(text.trim().toLowerCase());
}

/** Rows that need somebody come first. Revoked ones need nobody any more. */
function urgency(agent: FleetAgent, now: number): number {
  const [worst = 'ok'] = fleetStates(agent, now);
  return worst === 'revoked' ? FLEET_STATES.length : FLEET_STATES.indexOf(worst);
}

function AgentRow({ agent, now }: { readonly agent: FleetAgent; readonly now: number }) {
  const { t, format } = useUi();
  return (
    <tr>
      <th scope="row">
        <Link
          href={`/events?agent=${agent.agent}`}
          className={styles['host'] ?? ''}
          title={t('console:fleet.events-of', { host: agent.host })}
        >
          {agent.host}
        </Link>
        <span className={styles['second']}>{agent.agent}</span>
      </th>
      <td>
        {fleetStates(agent, now).map((state) => (
          <span key={state} className={styles['state']}>
            <FleetStateMark state={state} />
          </span>
        ))}
      </td>
      <td title={agent.lastSeen === null ? undefined : format.full(agent.lastSeen)}>
        {agent.lastSeen === null ? t('console:fleet.never') : format.relative(agent.lastSeen, now)}
      </td>
      <td className={agent.drift ? styles['drift'] : undefined}>{agent.policy === null ? t('value.none') : policyName(agent.policy)}</td>
      <td>
        <Guards agent={agent} />
      </td>
      <td>{agent.os}</td>
      <td>{agent.version ?? t('value.unknown')}</td>
      <td className={styles['right']} title={`${t('console:fleet.enrolled')}: ${format.full(agent.enrolled)}`}>
        {format.number(agent.storedThrough)}
      </td>
    </tr>
  );
}

function Guards({ agent }: { readonly agent: FleetAgent }) {
  const { t } = useUi();
  if (agent.guards.length === 0) return <span className={styles['second']}>{t('console:fleet.no-guards')}</span>;
  return agent.guards.map((guard) => (
    <span key={guard.volume} className={styles['guard']} title={t(`events:guard.${guard.mode}`)}>
      {`${guard.volume}: ${t(guard.state === 'ready' ? 'console:fleet.guard-ready' : 'console:fleet.guard-failed')}`}
    </span>
  ));
}
