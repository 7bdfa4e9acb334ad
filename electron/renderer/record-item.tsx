import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EventBody, FileDecision } from '../../src/contracts/event.ts';
import type { OwnEvent } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';
import { TypeBadge } from '../../src/ui/badges.tsx';
import { eventHeadline } from '../../src/ui/event-headline.ts';
import { deviceName, fileDecisionOf, findingsText, personsText, policyName, unreadableText, volumeName } from '../../src/ui/event-words.ts';
import type { Formatter } from '../../src/ui/format.ts';
import { useUi } from '../../src/ui/use-ui.ts';
import { explain } from './explain.ts';
import { ReasonForm } from './reason-form.tsx';
import styles from './record-item.module.css';

export interface RecordItemProps {
  readonly event: OwnEvent;
  /** Holds that have been answered since. */
  readonly answered: ReadonlySet<string | null>;
}

/** One record: what happened, why, what to do next, and the facts behind it on demand. */
export function RecordItem({ event, answered }: RecordItemProps) {
  const { t, format } = useUi();
  const { body } = event;
  const { why, next } = explain(body, t);
  const facts = factsOf(body, t, format);
  return (
    <li className={styles['record']}>
      <time dateTime={event.time} title={format.full(event.time)}>
        {format.time(event.time)}
      </time>
      <div className={styles['body']}>
        <div className={styles['headline']}>
          <strong>{eventHeadline(body, t, format)}</strong>
          <TypeBadge type={body.type} />
        </div>
        {why === null ? null : <p>{why}</p>}
        {next === null ? null : (
          <p className={styles['next']}>
            <span>{t('tray:records.next')}</span> {next}
          </p>
        )}
        {body.type === 'file.held' && !answered.has(body.data.holdId) ? <HeldFile decision={body.data} holdId={body.data.holdId} /> : null}
        {facts.length === 0 ? null : (
          <details>
            <summary>{t('tray:records.details')}</summary>
            <dl>
              {facts.map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}

function HeldFile({ decision, holdId }: { readonly decision: FileDecision; readonly holdId: string }) {
  const { t } = useUi();
  const [open, setOpen] = useState(false);
  if (open) return <ReasonForm questions={[{ holdId, file: decision.file.path }]} />;
  return (
    <Button size="xs" variant="default" onClick={() => setOpen(true)}>
      {t('tray:question.open')}
    </Button>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Everything else in the record that means something to its user. */
function factsOf(body: EventBody, t: Translate, format: Formatter): Fact[] {
  const decision = fileDecisionOf(body);
  const facts: Fact[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') facts.push({ name, value });
  };
  if ('file' in body.data) add(t('tray:records.file'), `${body.data.file.path} (${format.bytes(body.data.file.bytes)})`);
  if (decision !== null) {
    add(t('tray:records.found'), foundText(decision, t, format));
    add(t('tray:records.samples'), decision.findings.flatMap(({ samples }) => samples).join(', '));
    add(t('tray:records.policy'), decidedBy(decision, t));
    add(t('tray:records.person'), decision.actor.name);
    add(t('tray:records.source'), decision.origin?.source?.path);
    add(t('tray:records.checksum'), decision.file.sha256);
    if (decision.present) add(t('tray:records.note'), t('tray:records.present'));
  }
  if (body.type === 'file.encrypted') add(t('tray:records.stored-as'), body.data.storedAs);
  if ('volume' in body.data) add(t('tray:records.medium'), mediumText(body.data.volume, t));
  if ('device' in body.data) add(t('tray:records.medium'), mediumOf(body.data.device, t));
  return facts;
}

function foundText(decision: FileDecision, t: Translate, format: Formatter): string {
  const unreadable = decision.unreadable.map((reason) => unreadableText(reason, t)).join(', ');
  return [
    findingsText(decision, t, format),
    decision.persons.to > 0 ? personsText(decision.persons, t, format) : '',
    unreadable === '' ? '' : t('events:unreadable.title', { reasons: unreadable }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function decidedBy({ verdict, policy }: FileDecision, t: Translate): string {
  const name = policyName(policy);
  return verdict.rule === undefined
    ? t('tray:records.default-rule', { policy: name })
    : t('tray:records.rule', { rule: verdict.rule, policy: name });
}

function mediumText(volume: FileDecision['volume'], t: Translate): string {
  const hardware = volume.device === undefined ? '' : mediumOf(volume.device, t);
  const name = volumeName(volume, t);
  return hardware === '' || hardware.startsWith(name) ? hardware || name : `${name} · ${hardware}`;
}

function mediumOf(device: NonNullable<FileDecision['volume']['device']>, t: Translate): string {
  const serial = device.serial === undefined ? t('tray:guarded.no-serial') : t('tray:guarded.serial', { serial: device.serial });
  return `${deviceName(device, t)} · ${serial}`;
}
