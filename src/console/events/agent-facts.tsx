import type { EventBody } from '../../contracts/event.ts';
import { SEVERITIES } from '../../contracts/ids.ts';
import { policyName } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import { Fact, Facts, Section } from './facts.tsx';

/** What only events about the agent, its policy, sessions and spool carry. Nothing for the others. */
export function AgentFacts({ body }: { readonly body: EventBody }) {
  const { t } = useUi();
  const facts = useFacts(body);
  return facts.length === 0 ? null : (
    <Section title={t('console:drawer.details-other')}>
      <Facts>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}

type NamedValue = readonly [name: string, value: string];

function useFacts({ type, data }: EventBody): readonly NamedValue[] {
  const { t, format } = useUi();
  if (type === 'agent.started') {
    return [
      [t('console:drawer.version'), data.version],
      [t('console:drawer.os'), data.os],
      [t('console:drawer.mode'), t(`events:mode.${data.mode}`)],
    ];
  }
  if (type === 'agent.stopped') return [[t('console:drawer.reason'), data.reason]];
  if (type === 'policy.applied') {
    const now: NamedValue = [t('console:drawer.policy'), policyName(data.policy)];
    return data.previous === undefined ? [now] : [now, [t('console:drawer.previous-policy'), policyName(data.previous)]];
  }
  if (type === 'policy.refused') return data.kept === undefined ? [] : [[t('console:drawer.kept'), policyName(data.kept)]];
  if (type === 'screen.lock-warned' || type === 'screen.locked') {
    return [
      [t('console:drawer.session'), data.session],
      [t('console:drawer.idle'), format.duration(data.idleMillis)],
    ];
  }
  if (type === 'spool.overflowed') {
    const dropped = SEVERITIES.map((name) => `${t(`events:severity.${name}`)} ${format.number(data.dropped[name])}`);
    const ranges = data.ranges.map(({ from, to }) => `${format.number(from)}–${format.number(to)}`);
    return [
      [t('console:drawer.dropped'), dropped.join(' · ')],
      [t('console:drawer.ranges'), ranges.join(', ')],
    ];
  }
  return [];
}
