import { Notification } from 'electron';
import type { NoticeText } from './notice-text.ts';

// The OS drops a notification's listeners with the object; kept until it is gone from the screen.
const shown = new Set<Notification>();
const MOST_SHOWN = 50;

/** Shows a notification of the OS. `pressed` runs when the person clicks it. */
export function showNotification(text: NoticeText, options: { readonly urgent: boolean; readonly pressed: () => void }): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ ...text, urgency: options.urgent ? 'critical' : 'normal' });
  notification.on('click', options.pressed);
  notification.on('close', () => shown.delete(notification));
  for (const oldest of shown) if (shown.size >= MOST_SHOWN) shown.delete(oldest);
  shown.add(notification);
  notification.show();
}
