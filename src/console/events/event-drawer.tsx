import { ActionIcon, Button, CopyButton, Drawer, SegmentedControl } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';
import { SeverityMark, TypeBadge } from '../../ui/badges.tsx';
import { eventHeadline } from '../../ui/event-headline.ts';
import { Icon } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import type { ShownEvent } from '../api/shown-event.ts';
import { EventDetails } from './event-details.tsx';
import { eventRow } from './event-row.ts';
import styles from './event-drawer.module.css';

interface EventDrawerProps {
  readonly events: readonly ShownEvent[];
  readonly openId: string | null;
  readonly onOpen: (id: string | null) => void;
}

type View = 'details' | 'json';

/** One event in full; `j` and `k` walk through the list behind it. */
export function EventDrawer({ events, openId, onOpen }: EventDrawerProps) {
  const { t } = useUi();
  const [view, setView] = useState<View>('details');
  const index = openId === null ? -1 : events.findIndex((stored) => stored.event.id === openId);
  const stored = events[index];
  const walk = (step: number): void => {
    const target = events[index + step];
    if (stored !== undefined && target !== undefined) onOpen(target.event.id);
  };
  useHotkeys([
    ['j', () => walk(1)],
    ['k', () => walk(-1)],
  ]);
  return (
    <Drawer.Root opened={stored !== undefined} onClose={() => onOpen(null)} position="right" size={600}>
      <Drawer.Overlay backgroundOpacity={0.18} />
      <Drawer.Content aria-label={t('console:drawer.title')}>
        {stored === undefined ? null : (
          <div className={styles['frame']}>
            <DrawerHead stored={stored} first={index === 0} last={index === events.length - 1} walk={walk} />
            <div className={styles['bar']}>
              <SegmentedControl
                size="xs"
                value={view}
                onChange={(value) => setView(value === 'json' ? 'json' : 'details')}
                data={[
                  { value: 'details', label: t('console:drawer.details') },
                  { value: 'json', label: t('console:drawer.json') },
                ]}
              />
              {view === 'json' ? <CopyJson stored={stored} /> : null}
            </div>
            <div className={styles['scroll']} tabIndex={0} role="group" aria-label={t(`console:drawer.${view}`)}>
              {view === 'json' ? <pre className={styles['json']}>{jsonOf(stored)}</pre> : <EventDetails stored={stored} />}
            </div>
          </div>
        )}
      </Drawer.Content>
    </Drawer.Root>
  );
}

interface DrawerHeadProps {
  readonly stored: ShownEvent;
  readonly first: boolean;
  readonly last: boolean;
  readonly walk: (step: number) => void;
}

function DrawerHead({ stored, first, last, walk }: DrawerHeadProps) {
  const { t, format } = useUi();
  const { body } = stored.event;
  const row = eventRow(body, t, format);
  return (
    <header className={styles['head']}>
      <div className={styles['headTop']}>
        <TypeBadge type={body.type} />
        <SeverityMark severity={body.severity} withLabel />
        <span className={styles['walk']}>
          <ActionIcon variant="subtle" color="gray" disabled={first} aria-label={t('console:drawer.previous')} onClick={() => walk(-1)}>
            <span className={styles['up']}>
              <Icon name="next" />
            </span>
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" disabled={last} aria-label={t('console:drawer.next')} onClick={() => walk(1)}>
            <span className={styles['down']}>
              <Icon name="next" />
            </span>
          </ActionIcon>
          <Drawer.CloseButton aria-label={t('action.close')} />
        </span>
      </div>
      <h2 className={styles['title']}>{eventHeadline(body, t, format)}</h2>
      <p className={styles['subtitle']}>
        {[row.who, stored.event.host, row.where, format.full(stored.event.time)].filter((part) => part !== '').join(' · ')}
      </p>
    </header>
  );
}

function CopyJson({ stored }: { readonly stored: ShownEvent }) {
  const { t } = useUi();
  return (
    <CopyButton value={jsonOf(stored)}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="default" onClick={copy}>
          {t(copied ? 'action.copied' : 'action.copy')}
        </Button>
      )}
    </CopyButton>
  );
}

/** As the agent sent it: the mark that this console does not know the type is ours and stays out. */
function jsonOf(stored: ShownEvent): string {
  return JSON.stringify(stored, (key, value: unknown) => (key === 'unknown' && value === true ? undefined : value), 2);
}
