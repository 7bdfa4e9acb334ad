import type { Language } from '../../src/contracts/ids.ts';
import type { Notification } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';

export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

/** What happened to which file, why, and what to do next. The rule's own words stand for the why where it has any. */
export function noticeText(notice: Notification, language: Language, t: Translate): NoticeText {
  const { action } = notice;
  const why = notice.message?.[language] ?? t(`tray:why.${action}`);
  return {
    title: t(`tray:notice.${action}`, { file: subject(notice, t) }),
    body: t('tray:notice.body', { why, next: t(`tray:next.${action}`) }),
  };
}

function subject(notice: Notification, t: Translate): string {
  if (notice.action === 'device-blocked') return notice.volume ?? t('tray:notice.some-medium');
  return notice.file ?? t('tray:notice.some-file');
}
