import { Button, Checkbox, Popover, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type RefObject, useState } from 'react';
import { knownEventTypes } from '../../contracts/collector-api.ts';
import { SEVERITIES, type Severity, severity as severitySchema } from '../../contracts/ids.ts';
import type { Translate } from '../../i18n/create-i18n.ts';
import { typeName } from '../../ui/event-words.ts';
import { Icon } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import { useFleet } from '../api/queries.ts';
import { type EventFilter, isEmpty, type Period, PERIODS } from './event-filter.ts';
import styles from './event-filters.module.css';

interface EventFiltersProps {
  readonly filter: EventFilter;
  readonly onChange: (filter: EventFilter) => void;
  readonly searchField: RefObject<HTMLInputElement | null>;
}

const TYPING_MILLIS = 250;

/** The collector takes a severity as the least one wanted. */
function severityLabel(severity: Severity, t: Translate): string {
  const name = t(`events:severity.${severity}`);
  return severity === SEVERITIES.at(-1) ? name : t('console:events.severity-from', { severity: name });
}

export function EventFilters({ filter, onChange, searchField }: EventFiltersProps) {
  const { t } = useUi();
  const fleet = useFleet();
  const change = (part: { readonly [F in keyof EventFilter]: EventFilter[F] | undefined }): void => onChange({ ...filter, ...part });
  const hosts = (fleet.data?.agents ?? []).map(({ agent, host }) => ({ value: agent, label: host }));
  if (filter.agent !== undefined && !hosts.some(({ value }) => value === filter.agent))
    hosts.push({ value: filter.agent, label: filter.agent });
  return (
    <search className={styles['filters']} aria-label={t('console:events.filters')}>
      <TypedText
        label={t('console:events.search')}
        value={filter.text ?? ''}
        onChange={(text) => change({ text })}
        field={searchField}
        className="search"
        icon
      />
      <TypeFilter value={filter.type} onChange={(type) => change({ type })} />
      <Select
        size="xs"
        className={styles['select'] ?? ''}
        aria-label={t('console:events.severity')}
        placeholder={t('console:events.any-severity')}
        data={SEVERITIES.toReversed().map((value) => ({ value, label: severityLabel(value, t) }))}
        value={filter.severity ?? null}
        clearable
        onChange={(value) => change({ severity: value === null ? undefined : severitySchema.parse(value) })}
      />
      <Select
        size="xs"
        className={styles['select'] ?? ''}
        aria-label={t('console:events.agent')}
        placeholder={t('console:events.any-agent')}
        data={hosts}
        value={filter.agent ?? null}
        clearable
        searchable
        onChange={(agent) => change({ agent: agent ?? undefined })}
      />
      <TypedText label={t('console:events.user')} value={filter.user ?? ''} onChange={(user) => change({ user })} className="user" />
      <PeriodFilter filter={filter} onChange={change} />
      {isEmpty(filter) ? null : (
        <Button size="xs" variant="subtle" onClick={() => onChange({})}>
          {t('console:events.clear')}
        </Button>
      )}
    </search>
  );
}

interface TypedTextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className: 'search' | 'user';
  readonly field?: RefObject<HTMLInputElement | null>;
  readonly icon?: boolean;
}

/** Asks only once typing pauses; follows when the filter changes from elsewhere. */
function TypedText({ label, value, onChange, className, field, icon = false }: TypedTextProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (typed.trim() !== value) setTyped(value);
  }
  const settle = useDebouncedCallback(onChange, TYPING_MILLIS);
  return (
    <TextInput
      ref={field ?? null}
      size="xs"
      className={styles[className] ?? ''}
      aria-label={label}
      placeholder={label}
      maxLength={256}
      type="search"
      leftSection={icon ? <Icon name="search" size={14} /> : null}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        settle(event.currentTarget.value.trim());
      }}
    />
  );
}

const GROUPS = ['file', 'device', 'screen', 'agent'] as const;
type Group = (typeof GROUPS)[number];

function groupOf(type: string): Group {
  if (type.startsWith('file.') || type.startsWith('quarantine.')) return 'file';
  if (type.startsWith('device.') || type.startsWith('volume.') || type.startsWith('guard.')) return 'device';
  return type.startsWith('screen.') ? 'screen' : 'agent';
}

/** Several types at once, sent as a comma-separated list. */
function TypeFilter({ value, onChange }: { readonly value: string | undefined; readonly onChange: (value: string | undefined) => void }) {
  const { t } = useUi();
  const chosen = value === undefined || value === '' ? [] : value.split(',');
  const [first, ...others] = chosen;
  const label = first === undefined ? t('console:events.any-type') : typeName(first, t) + (others.length === 0 ? '' : ` +${others.length}`);
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          className={`${styles['types']} ${first === undefined ? styles['none'] : ''}`}
          rightSection={<Icon name="next" size={11} />}
          aria-label={`${t('console:events.type')}: ${label}`}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group value={chosen} onChange={(types) => onChange(types.length === 0 ? undefined : types.join(','))}>
          <div className={styles['groups']}>
            {GROUPS.map((group) => (
              <fieldset key={group} className={styles['group']}>
                <legend>{t(`events:group.${group}`)}</legend>
                {knownEventTypes
                  .filter((type) => groupOf(type) === group)
                  .map((type) => (
                    <Checkbox key={type} size="xs" value={type} label={typeName(type, t)} />
                  ))}
              </fieldset>
            ))}
          </div>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}

interface PeriodFilterProps {
  readonly filter: EventFilter;
  readonly onChange: (part: Pick<EventFilter, 'period' | 'from' | 'to'>) => void;
}

const isPeriod = (value: string | null): value is Period => value !== null && value in PERIODS;

function PeriodFilter({ filter, onChange }: PeriodFilterProps) {
  const { t } = useUi();
  const [custom, setCustom] = useState(filter.from !== undefined || filter.to !== undefined);
  const periods = Object.keys(PERIODS).filter(isPeriod);
  const choose = (value: string | null): void => {
    setCustom(value === 'custom');
    onChange({ period: isPeriod(value) ? value : undefined, from: undefined, to: undefined });
  };
  return (
    <>
      <Select
        size="xs"
        className={styles['select'] ?? ''}
        aria-label={t('console:events.period')}
        allowDeselect={false}
        data={[
          { value: 'all', label: t('console:events.period.all') },
          ...periods.map((value) => ({ value, label: t(`console:events.period.${value}`) })),
          { value: 'custom', label: t('console:events.period.custom') },
        ]}
        value={custom ? 'custom' : (filter.period ?? 'all')}
        onChange={choose}
      />
      {custom ? (
        <>
          <InstantField label={t('console:events.from')} value={filter.from} onChange={(from) => onChange({ ...filter, from })} />
          <InstantField label={t('console:events.to')} value={filter.to} onChange={(to) => onChange({ ...filter, to })} />
        </>
      ) : null}
    </>
  );
}

interface InstantFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** The browser's own date and time field, in the viewer's zone. */
function InstantField({ label, value, onChange }: InstantFieldProps) {
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      aria-label={label}
      title={label}
      defaultValue={value === undefined ? '' : localInstant(value)}
      onChange={(event) => {
        const millis = Date.parse(event.currentTarget.value);
        onChange(Number.isNaN(millis) ? undefined : new Date(millis).toISOString());
      }}
    />
  );
}

/** `2026-11-22T10:05`, as the field wants it. */
function localInstant(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
