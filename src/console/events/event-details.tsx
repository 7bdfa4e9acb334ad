import { Link } from 'wouter';
import type { Device } from '../../contracts/device.ts';
import type { EventBody, FileDecision, FileOrigin, VolumeFacts } from '../../contracts/event.ts';
import { ActionBadge, SeverityMark } from '../../ui/badges.tsx';
import { isKnown, ruleMessage } from '../../ui/event-headline.ts';
import { busName, deviceName, errorText, fileDecisionOf, policyName, volumeName } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import type { ShownEvent } from '../api/shown-event.ts';
import { AgentFacts } from './agent-facts.tsx';
import { type EventFilter, filterParametersOf } from './event-filter.ts';
import { EventFindings } from './event-findings.tsx';
import { Fact, Facts, Section } from './facts.tsx';
import styles from './event-drawer.module.css';

/** Everything an event says, in the order a reader asks: what was decided, who, which file, what was in it, where to, proof. */
export function EventDetails({ stored }: { readonly stored: ShownEvent }) {
  const { t } = useUi();
  const { body } = stored.event;
  if (!isKnown(body)) {
    return (
      <>
        <p className={styles['nothing']}>{t('console:drawer.unknown')}</p>
        <Origin stored={stored} />
        <Evidence stored={stored} />
      </>
    );
  }
  const decision = fileDecisionOf(body);
  const device = 'device' in body.data ? body.data.device : 'volume' in body.data ? body.data.volume.device : undefined;
  return (
    <>
      <FailureFacts body={body} />
      {decision === null ? null : <Decision decision={decision} message={ruleMessage(body, t)} />}
      {decision === null ? null : <EventFindings decision={decision} />}
      <Origin stored={stored} />
      <FileSection body={body} />
      <AgentFacts body={body} />
      {'volume' in body.data || device !== undefined ? (
        <Section title={t('console:drawer.volume')}>
          <Facts>
            {'treatment' in body.data ? (
              <Fact name={t('console:drawer.treatment')}>{t(`events:treatment.${body.data.treatment}`)}</Fact>
            ) : null}
            {'volume' in body.data ? <VolumeFactList volume={body.data.volume} /> : null}
            {device === undefined ? null : <DeviceFactList device={device} />}
          </Facts>
        </Section>
      ) : null}
      <Evidence stored={stored} />
    </>
  );
}

function Decision({ decision, message }: { readonly decision: FileDecision; readonly message: string | null }) {
  const { t } = useUi();
  const { verdict, policy } = decision;
  return (
    <Section title={t('console:drawer.decision')}>
      {message === null ? null : <blockquote className={styles['message']}>{message}</blockquote>}
      <Facts>
        <Fact name={t('console:drawer.policy-decided')}>
          <ActionBadge action={verdict.action} />
        </Fact>
        <Fact name={t('console:drawer.severity')}>
          <SeverityMark severity={verdict.severity} withLabel />
        </Fact>
        <Fact name={t('console:drawer.rule')} mono={verdict.rule !== undefined}>
          {verdict.rule ?? t('console:drawer.no-rule')}
        </Fact>
        <Fact name={t('console:drawer.policy')}>{policyName(policy)}</Fact>
        <Fact name={t('console:drawer.guard')}>{t(`events:guard.${decision.guard}`)}</Fact>
        <Exposure millis={decision.exposureMillis} />
      </Facts>
    </Section>
  );
}

function Exposure({ millis }: { readonly millis: number | undefined }) {
  const { t, format } = useUi();
  return millis === undefined ? null : <Fact name={t('console:drawer.exposure')}>{format.duration(millis)}</Fact>;
}

function FailureFacts({ body }: { readonly body: EventBody }) {
  const { t } = useUi();
  if (!('code' in body.data)) return null;
  const { code, reason } = body.data;
  return (
    <Section title={t('console:drawer.failure')}>
      <p className={styles['failure']}>{errorText(code, reason, t)}</p>
      <Facts>
        <Fact name={t('console:drawer.code')} mono>
          {code}
        </Fact>
        <Fact name={t('console:drawer.reason')}>{reason}</Fact>
      </Facts>
    </Section>
  );
}

function Origin({ stored }: { readonly stored: ShownEvent }) {
  const { t, format } = useUi();
  const { event } = stored;
  const actor = isKnown(event.body) && 'actor' in event.body.data ? event.body.data.actor : undefined;
  return (
    <Section title={t('console:drawer.who')}>
      <Facts>
        {actor === undefined ? null : (
          <Fact name={t('console:drawer.user')}>
            <Narrowed filter={{ user: actor.name }}>{actor.name}</Narrowed>
            {` (${t(`events:basis.${actor.basis}`)})`}
          </Fact>
        )}
        <Fact name={t('console:drawer.host')}>
          <Narrowed filter={{ agent: event.agent }}>{event.host}</Narrowed>
        </Fact>
        <Fact name={t('console:drawer.time')}>{format.full(event.time)}</Fact>
        <Fact name={t('console:drawer.received')}>{format.full(stored.received)}</Fact>
      </Facts>
    </Section>
  );
}

function SourceFacts({ origin }: { readonly origin: FileOrigin | undefined }) {
  const { t } = useUi();
  if (origin === undefined) return null;
  const { program, source } = origin;
  return (
    <>
      {source === undefined ? null : (
        <Fact name={t('console:drawer.source')}>{`${source.path} (${t(`events:source-basis.${source.basis}`)})`}</Fact>
      )}
      {program === undefined ? null : <Fact name={t('console:drawer.program')}>{program}</Fact>}
    </>
  );
}

function FileSection({ body }: { readonly body: EventBody }) {
  const { t, format } = useUi();
  if (!('file' in body.data)) return null;
  const { file } = body.data;
  return (
    <Section title={t('console:drawer.file')}>
      <Facts>
        <Fact name={t('console:drawer.path')}>{file.path}</Fact>
        {'storedAs' in body.data ? <Fact name={t('console:drawer.stored-as')}>{body.data.storedAs}</Fact> : null}
        <SourceFacts origin={fileDecisionOf(body)?.origin} />
        {'type' in body.data ? <Fact name={t('console:drawer.kind')}>{body.data.type}</Fact> : null}
        <Fact name={t('console:drawer.size')}>{format.bytes(file.bytes)}</Fact>
        {file.modified === undefined ? null : <Fact name={t('console:drawer.modified')}>{format.full(file.modified)}</Fact>}
        {'present' in body.data && body.data.present ? <Fact name={t('console:drawer.volume')}>{t('console:drawer.present')}</Fact> : null}
        {'justification' in body.data ? <Fact name={t('console:drawer.justification')}>{body.data.justification}</Fact> : null}
        {'quarantineId' in body.data ? (
          <Fact name={t('console:drawer.quarantine')} mono>
            {body.data.quarantineId}
          </Fact>
        ) : null}
        <Fact name={t('console:drawer.sha256')} mono>
          {file.sha256}
        </Fact>
      </Facts>
    </Section>
  );
}

function VolumeFactList({ volume }: { readonly volume: VolumeFacts }) {
  const { t, format } = useUi();
  return (
    <>
      <Fact name={t('console:drawer.label')}>{volumeName(volume, t)}</Fact>
      {volume.device === undefined ? <Fact name={t('console:drawer.bus')}>{busName(volume.bus, t)}</Fact> : null}
      <Fact name={t('console:drawer.filesystem')}>{volume.filesystem}</Fact>
      {volume.bytesTotal === undefined ? null : <Fact name={t('console:drawer.capacity')}>{format.bytes(volume.bytesTotal)}</Fact>}
      <Fact name={t('console:drawer.volume-id')} mono>
        {volume.uuid}
      </Fact>
    </>
  );
}

function DeviceFactList({ device }: { readonly device: Device }) {
  const { t } = useUi();
  return (
    <>
      <Fact name={t('console:drawer.device')}>{deviceName(device, t)}</Fact>
      <Fact name={t('console:drawer.serial')} mono={device.serial !== undefined}>
        {device.serial === undefined ? (
          t('console:drawer.no-serial')
        ) : (
          <Narrowed filter={{ text: device.serial }}>{device.serial}</Narrowed>
        )}
      </Fact>
      {device.vendorId === undefined ? null : (
        <Fact name={t('console:drawer.usb-id')} mono>{`${device.vendorId}:${device.productId ?? '????'}`}</Fact>
      )}
      <Fact name={t('console:drawer.bus')}>{busName(device.bus, t)}</Fact>
      <Fact name={t('console:drawer.classes')}>{device.classes.map((name) => t(`events:class.${name}`)).join(', ')}</Fact>
    </>
  );
}

/** From one event to all of the same person, PC or stick. */
function Narrowed({ filter, children }: { readonly filter: EventFilter; readonly children: string }) {
  const { t } = useUi();
  return (
    <Link href={`/events?${filterParametersOf(filter)}`} title={t('console:drawer.narrow', { value: children })}>
      {children}
    </Link>
  );
}

function Evidence({ stored }: { readonly stored: ShownEvent }) {
  const { t, format } = useUi();
  const { event } = stored;
  return (
    <Section title={t('console:drawer.chain')}>
      <Facts>
        <Fact name={t('console:drawer.agent')} mono>
          {event.agent}
        </Fact>
        <Fact name={t('console:drawer.sequence')}>{format.number(event.sequence)}</Fact>
        <Fact name={t('console:drawer.hash')} mono>
          {event.hash}
        </Fact>
        <Fact name={t('console:drawer.previous-hash')} mono>
          {event.previousHash}
        </Fact>
        <Fact name={t('console:drawer.id')} mono>
          {event.id}
        </Fact>
      </Facts>
    </Section>
  );
}
