import type { EventBody } from '../contracts/event.ts';
import type { Translate } from '../i18n/create-i18n.ts';
import { deviceName, localized, policyName, typeName, volumeName } from './event-words.ts';
import type { Formatter } from './format.ts';

/** An event whose type this build does not know: an agent may be newer than the console. */
export interface UnknownEventBody {
  readonly type: string;
  readonly severity: EventBody['severity'];
  readonly data: unknown;
  readonly unknown: true;
}
export type ShownEventBody = EventBody | UnknownEventBody;

export function isKnown(body: ShownEventBody): body is EventBody {
  return !('unknown' in body);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What happened, as one short sentence about the file, device or part it happened to. */
export function eventHeadline(body: ShownEventBody, t: Translate, format: Formatter): string {
  if (!isKnown(body)) return typeName(body.type, t);
  switch (body.type) {
    case 'agent.started':
      return t('events:headline.agent.started', { version: body.data.version });
    case 'agent.stopped':
      return t('events:headline.agent.stopped', { reason: body.data.reason });
    case 'policy.applied':
      return t('events:headline.policy.applied', { policy: policyName(body.data.policy) });
    case 'policy.refused':
    case 'screen.lock-warned':
    case 'screen.lock-failed':
      return t(`events:headline.${body.type}`);
    case 'device.attached':
    case 'device.detached':
      return t(`events:headline.${body.type}`, { device: deviceName(body.data.device, t) });
    case 'device.access-changed':
      return t(`events:headline.device.access-${body.data.access}`, { device: deviceName(body.data.device, t) });
    case 'volume.mounted':
      return t('events:headline.volume.mounted', {
        volume: volumeName(body.data.volume, t),
        treatment: t(`events:treatment.${body.data.treatment}`),
      });
    case 'volume.unmounted':
    case 'guard.failed':
      return t(`events:headline.${body.type}`, { volume: volumeName(body.data.volume, t) });
    case 'source.failed':
      return t('events:headline.source.failed', { source: t(`events:source.${body.data.source}`) });
    case 'screen.locked':
      return t('events:headline.screen.locked', { idle: format.duration(body.data.idleMillis) });
    case 'spool.overflowed': {
      const count = Object.values(body.data.dropped).reduce((sum, number) => sum + number, 0);
      return t('events:headline.spool.overflowed', { count, formatted: format.number(count) });
    }
    case 'file.damaged':
      return t('events:headline.file.damaged', { file: baseName(body.data.path) });
    case 'file.allowed':
    case 'file.recorded':
    case 'file.warned':
    case 'file.held':
    case 'file.encrypted':
    case 'file.blocked':
    case 'file.enforcement-failed':
    case 'file.released':
    case 'quarantine.restored':
    case 'quarantine.expired':
      return t(`events:headline.${body.type}`, { file: baseName(body.data.file.path) });
  }
}

/** The rule's own words for the person, where the event carries them. */
export function ruleMessage(body: ShownEventBody, t: Translate): string | null {
  if (!isKnown(body) || !('verdict' in body.data)) return null;
  const { message } = body.data.verdict;
  return message === undefined ? null : localized(message, t);
}
