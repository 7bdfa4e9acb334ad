import { app, ipcMain } from 'electron';
import ElectronStore from 'electron-store';
import { z } from 'zod';
import { language, type Language } from '../../src/contracts/ids.ts';
import { preferredLanguage } from '../../src/i18n/create-i18n.ts';

/** What the tray remembers, and all it remembers: how it looks. Nothing here changes what is guarded. */
const preferences = z.object({ language: language.optional() });

export class Preferences {
  readonly #store: ElectronStore<z.infer<typeof preferences>>;

  constructor() {
    this.#store = new ElectronStore({ name: 'preferences', clearInvalidConfig: true });
    // electron-store answers a synchronous message of its own, past our gate. No window of ours needs it.
    ipcMain.removeAllListeners('electron-store-get-data');
  }

  /** The chosen language, else the system's. The file is the user's to edit: what does not parse is as if it were not there. */
  get language(): Language {
    const read = preferences.safeParse(this.#store.store);
    return (read.success ? read.data.language : undefined) ?? preferredLanguage(app.getPreferredSystemLanguages());
  }

  set language(chosen: Language) {
    this.#store.store = { language: chosen };
  }
}
