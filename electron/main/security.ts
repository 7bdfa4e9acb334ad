import { type App, app, type Session, type WebContents } from 'electron';
import type { Log } from './log.ts';
import { APP_SCHEME } from './scheme.ts';

/**
 * Rules for every window and session there is or ever will be, set once before the first is made.
 * The tray shows its own pages and nothing else, so the answer to every request is no.
 */
export function lockDown(target: Pick<App, 'on'>, log: Log): void {
  target.on('web-contents-created', (_event, contents) => lockDownContents(contents, log));
  target.on('session-created', (session) => lockDownSession(session));
}

function lockDownContents(contents: WebContents, log: Log): void {
  const refuse =
    (what: string) =>
    (event: { preventDefault(): void }): void => {
      event.preventDefault();
      log('refused', { what });
    };
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-frame-navigate', refuse('frame navigation'));
  contents.on('will-redirect', refuse('redirect'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    log('refused', { what: 'new window' });
    return { action: 'deny' };
  });
}

export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // The content policy already forbids the network; this holds for requests that no policy covers, such as a preconnect.
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwnAddress(details.url) }));
}

function isOwnAddress(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === `${APP_SCHEME}:` || protocol === 'data:' || (protocol === 'devtools:' && !app.isPackaged);
}
