import enCommon from './locales/en/common.json' with { type: 'json' };
import enConsole from './locales/en/console.json' with { type: 'json' };
import enErrors from './locales/en/errors.json' with { type: 'json' };
import enEvents from './locales/en/events.json' with { type: 'json' };
import enGuest from './locales/en/guest.json' with { type: 'json' };
import enScan from './locales/en/scan.json' with { type: 'json' };
import enTray from './locales/en/tray.json' with { type: 'json' };
import jaCommon from './locales/ja/common.json' with { type: 'json' };
import jaConsole from './locales/ja/console.json' with { type: 'json' };
import jaErrors from './locales/ja/errors.json' with { type: 'json' };
import jaEvents from './locales/ja/events.json' with { type: 'json' };
import jaGuest from './locales/ja/guest.json' with { type: 'json' };
import jaScan from './locales/ja/scan.json' with { type: 'json' };
import jaTray from './locales/ja/tray.json' with { type: 'json' };

export const NAMESPACES = ['common', 'console', 'events', 'errors', 'guest', 'scan', 'tray'] as const;
export type Namespace = (typeof NAMESPACES)[number];

/** Flat keys on purpose: event types and detector ids hold dots, and a key can be found with grep. */
export const resources = {
  en: { common: enCommon, console: enConsole, events: enEvents, errors: enErrors, guest: enGuest, scan: enScan, tray: enTray },
  ja: { common: jaCommon, console: jaConsole, events: jaEvents, errors: jaErrors, guest: jaGuest, scan: jaScan, tray: jaTray },
};

/** English is the source of the typed keys; test/i18n holds Japanese to the same set. */
export type Resources = (typeof resources)['en'];
