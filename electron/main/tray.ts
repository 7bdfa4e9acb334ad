import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { Language } from '../../src/contracts/ids.ts';
import type { Notification } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';
import type { Page, TrayState } from '../ipc/calls.ts';
import { noticeText } from './notice-text.ts';

export interface TrayActions {
  readonly openPage: (page: Page) => void;
  readonly openQuestions: () => void;
  readonly chooseLanguage: (language: Language) => void;
}

/**
 * The menu as data. There is no entry to end, pause or switch off anything: the tray cannot, and ending the tray itself
 * would only take away the notifications.
 */
export function menuTemplate(
  state: TrayState,
  notices: readonly Notification[],
  t: Translate,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  return [
    { label: t(`tray:connection.${state.connection}`), enabled: false },
    ...(state.practice ? [{ label: t('tray:practice.title'), enabled: false }] : []),
    { type: 'separator' },
    { id: 'open', label: t('tray:menu.open'), click: () => actions.openPage('status') },
    { id: 'records', label: t('tray:menu.records'), click: () => actions.openPage('records') },
    ...(state.questions.length === 0
      ? []
      : [{ id: 'questions', label: t('tray:menu.questions', { count: state.questions.length }), click: actions.openQuestions }]),
    { id: 'recent', label: t('tray:menu.recent'), submenu: recentItems(state.language, notices, t, actions) },
    { type: 'separator' },
    {
      id: 'language',
      label: t('tray:menu.language'),
      submenu: (['ja', 'en'] as const).map((language) => ({
        id: `language-${language}`,
        label: t(`common:language.${language}`),
        type: 'radio',
        checked: language === state.language,
        click: () => actions.chooseLanguage(language),
      })),
    },
    { id: 'about', label: t('tray:menu.about'), click: () => actions.openPage('about') },
  ];
}

function recentItems(
  language: Language,
  notices: readonly Notification[],
  t: Translate,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  if (notices.length === 0) return [{ label: t('tray:menu.recent-none'), enabled: false }];
  return notices.map((notice) => ({
    label: withoutAccelerator(noticeText(notice, language, t).title),
    click: notice.holdId === undefined ? () => actions.openPage('records') : actions.openQuestions,
  }));
}

/** `&` in a label names a shortcut key and vanishes; in a file name it is a letter. */
const withoutAccelerator = (label: string): string => label.replaceAll('&', '&&');

/** The icon by the clock. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #actions: TrayActions;
  #guarded: boolean | undefined;

  constructor(actions: TrayActions) {
    this.#actions = actions;
    this.#tray = new Tray(icon(false));
    this.#tray.on('click', () => actions.openPage('status'));
  }

  show(state: TrayState, notices: readonly Notification[], t: Translate): void {
    const guarded = state.connection === 'connected';
    if (guarded !== this.#guarded) this.#tray.setImage(icon(guarded));
    this.#guarded = guarded;
    this.#tray.setToolTip(t('tray:tooltip', { state: t(`tray:connection.${state.connection}`) }));
    this.#tray.setContextMenu(Menu.buildFromTemplate(menuTemplate(state, notices, t, this.#actions)));
  }
}

/** An open gate means nobody guards it. macOS tints template images to suit its menu bar. */
function icon(guarded: boolean): Electron.NativeImage {
  const name = `${guarded ? 'gate' : 'gate-open'}${process.platform === 'darwin' ? 'Template' : ''}.png`;
  return nativeImage.createFromPath(join(import.meta.dirname, name));
}
