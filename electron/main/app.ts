import type { Language } from '../../src/contracts/ids.ts';
import type { Notification, OwnEvent } from '../../src/contracts/ipc.ts';
import { ok } from '../../src/contracts/result.ts';
import { createI18n, type Translate, translator } from '../../src/i18n/create-i18n.ts';
import type { IpcEventMessage } from '../../src/node/ipc-client.ts';
import { type Page, settledHold, type TrayState } from '../ipc/calls.ts';
import { AgentClient } from './agent-client.ts';
import type { AgentEndpoint } from './endpoint.ts';
import { openHelp } from './help.ts';
import { IdleReporter, lockToReportFor } from './idle.ts';
import type { CallHandlers } from './ipc.ts';
import type { Log } from './log.ts';
import { Model } from './model.ts';
import { NoticeGroups } from './notice-groups.ts';
import { groupText } from './notice-text.ts';
import { showNotification } from './notifications.ts';
import { lockScreen } from './screen-lock.ts';
import type { Preferences } from './store.ts';
import { TrayIcon } from './tray.ts';
import type { Windows } from './windows.ts';

/** The contract's limit for the reason in `session.report-lock`. */
const LONGEST_REASON = 256;
const URGENT: ReadonlySet<Notification['action']> = new Set(['justify', 'block', 'failed', 'device-blocked']);

export interface TrayAppParts {
  readonly preferences: Preferences;
  readonly windows: Windows;
  readonly endpoint: AgentEndpoint;
  readonly version: string;
  readonly log: Log;
}

/** The tray at work: what the agent says goes into the model, and from there to the icon, the windows and the notifications. */
export class TrayApp {
  readonly #preferences: Preferences;
  readonly #windows: Windows;
  readonly #model: Model;
  readonly #icon: TrayIcon;
  readonly #agent: AgentClient;
  readonly #idle: IdleReporter;
  readonly #groups = new NoticeGroups((notices) => this.#showNotices(notices));
  #t: Translate;

  constructor(parts: TrayAppParts) {
    const { language } = parts.preferences;
    this.#preferences = parts.preferences;
    this.#windows = parts.windows;
    this.#t = translator(createI18n(language));
    this.#model = new Model({ language, version: parts.version, now: () => new Date(), changed: (state) => this.#changed(state) });
    this.#icon = new TrayIcon({
      openPage: (page) => this.openPage(page),
      openQuestions: () => this.#windows.show('question'),
      chooseLanguage: (chosen) => this.#chooseLanguage(chosen),
    });
    this.#agent = new AgentClient(
      parts.endpoint,
      {
        connectionChanged: (connection, practice) => this.#connectionChanged(connection, practice),
        received: (event) => this.#receive(event),
      },
      parts.log,
    );
    this.#idle = new IdleReporter((report) => void this.#agent.request('session.report-idle', report));
  }

  start(): void {
    this.#changed(this.#model.state);
    this.#agent.start();
  }

  stop(): void {
    this.#agent.stop();
    this.#idle.follow(null);
  }

  openPage(page: Page): void {
    this.#windows.show('status');
    this.#windows.send('pageRequested', { page });
  }

  /** What the windows may ask. docs/spec/tray.md section 3. */
  readonly handlers: CallHandlers = {
    getState: () => Promise.resolve(ok(this.#model.state)),
    listEvents: (params) => this.#agent.request('events.list', params),
    justifyFile: async (params) => {
      const answered = await this.#agent.request('file.justify', params);
      if (answered.ok ? answered.value.released : !answered.error.retryable) this.#model.removeQuestion(params.holdId);
      return answered;
    },
    postponeQuestions: () => {
      this.#windows.hide('question');
      return Promise.resolve(ok({}));
    },
    setLanguage: ({ language }) => {
      this.#chooseLanguage(language);
      return Promise.resolve(ok({}));
    },
    openHelp: async ({ id }) => {
      await openHelp(id, this.#model.state.language);
      return ok({});
    },
  };

  #chooseLanguage(language: Language): void {
    this.#preferences.language = language;
    this.#t = translator(createI18n(language));
    this.#model.setLanguage(language);
  }

  #changed(state: TrayState): void {
    this.#icon.show(state, this.#model.notices, this.#t);
    this.#windows.send('stateChanged', state);
    this.#idle.follow(lockToReportFor(state.status));
  }

  #connectionChanged(connection: TrayState['connection'], practice: boolean): void {
    this.#model.setConnection(connection, practice);
    if (connection !== 'connected') return;
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const status = await this.#agent.request('status.get', {});
    if (status.ok) this.#model.setStatus(status.value);
    // It says hello in our protocol, but means more by it: a newer agent.
    else if (status.error.code === 'DLP_IPC_PROTOCOL') this.#model.setConnection('incompatible', false);
    this.#windows.send('recordsStale', {});
  }

  #receive(event: IpcEventMessage): void {
    switch (event.type) {
      case 'status.changed':
        return this.#model.setStatus(event.data);
      case 'event.recorded':
        return this.#recorded(event.data);
      case 'notification.raised':
        return this.#notify(event.data);
      case 'screen.lock-warned':
        return this.#warnOfLock(event.data.inMillis);
      case 'screen.lock-requested':
        return void this.#lock();
      case 'gap':
        return void this.#refresh();
    }
  }

  #recorded(event: OwnEvent): void {
    // Answered, given back by an administrator, or too late: nothing is left to ask.
    const settled = settledHold(event.body);
    if (settled !== null) this.#model.removeQuestion(settled);
    this.#windows.send('eventRecorded', event);
  }

  #notify(notice: Notification): void {
    this.#model.addNotice(notice);
    this.#groups.add(notice);
    if (notice.holdId !== undefined) this.#windows.show('question', true);
  }

  #showNotices(notices: readonly Notification[]): void {
    showNotification(groupText(notices, this.#model.state.language, this.#t), {
      urgent: notices.some(({ action }) => URGENT.has(action)),
      pressed: () => (notices.some(({ holdId }) => holdId !== undefined) ? this.#windows.show('question') : this.openPage('records')),
    });
  }

  #warnOfLock(inMillis: number): void {
    const count = Math.max(1, Math.round(inMillis / 1000));
    const text = { title: this.#t('tray:notice.lock-title', { count }), body: this.#t('tray:notice.lock-body') };
    showNotification(text, { urgent: true, pressed: () => {} });
  }

  async #lock(): Promise<void> {
    const locked = await lockScreen();
    const reason = locked.ok ? {} : { reason: locked.error.message.slice(0, LONGEST_REASON) };
    await this.#agent.request('session.report-lock', { ok: locked.ok, ...reason });
  }
}
