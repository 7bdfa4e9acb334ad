import type { Language } from '../../src/contracts/ids.ts';
import type { Notification } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';

export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

const MOST_NAMES = 3;

/** What happened to which file, why, and what to do next. A rule's own words say the last two where it has any. */
export function noticeText(notice: Notification, language: Language, t: Translate): NoticeText {
  const { action, message } = notice;
  const next = t(`tray:next.${action}`);
  const why = message?.[language] ?? t(`tray:why.${action}`);
  // A rule's message tells what to do, but it cannot know where to give a reason.
  const complete = message !== undefined && action !== 'justify';
  return {
    title: t(`tray:notice.${action}`, { file: subject(notice, t) }),
    body: complete ? why : t('tray:notice.body', { why, next }),
  };
}

/** Several notifications of one kind as one. */
export function groupText(notices: readonly Notification[], language: Language, t: Translate): NoticeText {
  const [first] = notices;
  if (first === undefined) throw new Error('a group of notifications is never empty');
  if (notices.length === 1) return noticeText(first, language, t);
  const names = notices.slice(0, MOST_NAMES).map((notice) => subject(notice, t));
  const more = notices.length - names.length;
  return {
    title: t(`tray:notices.${first.action}`, { count: notices.length }),
    body: [...names, ...(more > 0 ? [t('tray:notices.more', { count: more })] : [])].join(t('tray:notices.separator')),
  };
}

function subject(notice: Notification, t: Translate): string {
  if (notice.action === 'device-blocked') return notice.volume ?? t('tray:notice.some-medium');
  return notice.file ?? t('tray:notice.some-file');
}
