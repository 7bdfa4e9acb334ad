import type { EventBody } from '../../src/contracts/event.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';
import { errorText } from '../../src/ui/event-words.ts';
import { ruleMessage } from '../../src/ui/event-headline.ts';

export interface Explanation {
  readonly why: string | null;
  readonly next: string | null;
}

const NOTHING: Explanation = { why: null, next: null };

/** Why something happened and what its user can do now; nulls where there is nothing to say. */
export function explain(body: EventBody, t: Translate): Explanation {
  switch (body.type) {
    case 'file.allowed':
      return decided(body, 'allow', t);
    case 'file.recorded':
      return decided(body, 'record', t);
    case 'file.warned':
      return decided(body, 'warn', t);
    case 'file.held':
      return decided(body, 'justify', t);
    case 'file.encrypted':
      return decided(body, 'encrypt', t);
    case 'file.blocked':
      return decided(body, 'block', t);
    case 'file.enforcement-failed':
    case 'guard.failed':
      return { why: errorText(body.data.code, body.data.reason, t), next: t('tray:next.failed') };
    case 'file.released':
      return { why: `${t('tray:question.reason')}: ${body.data.justification}`, next: t('tray:next.released') };
    case 'quarantine.expired':
      return { why: null, next: t('tray:next.expired') };
    case 'volume.mounted':
      return body.data.treatment === 'block' ? { why: t('tray:why.device-blocked'), next: t('tray:next.device-blocked') } : NOTHING;
    case 'device.access-changed':
      return body.data.access === 'denied' ? { why: t('tray:why.device-blocked'), next: t('tray:next.device-blocked') } : NOTHING;
    case 'policy.refused':
    case 'source.failed':
    case 'screen.lock-failed':
      return { why: errorText(body.data.code, body.data.reason, t), next: null };
    case 'file.damaged':
      return { why: null, next: t('tray:next.damaged') };
    case 'agent.started':
    case 'agent.stopped':
    case 'policy.applied':
    case 'device.attached':
    case 'device.detached':
    case 'volume.unmounted':
    case 'quarantine.restored':
    case 'screen.lock-warned':
    case 'screen.locked':
    case 'spool.overflowed':
      return NOTHING;
  }
}

type Decision = 'allow' | 'record' | 'warn' | 'justify' | 'encrypt' | 'block';

const decided = (body: EventBody, action: Decision, t: Translate): Explanation => ({
  why: ruleMessage(body, t) ?? t(`tray:why.${action}`),
  // Nothing to do needs no telling.
  next: action === 'allow' || action === 'record' ? null : t(`tray:next.${action}`),
});
