import { shell } from 'electron';
import type { Language } from '../../src/contracts/ids.ts';
import type { HelpId } from '../ipc/calls.ts';

/** Every address the tray can ever open. A window names an id; it cannot name an address. */
export const HELP_LINKS: Readonly<Record<HelpId, Readonly<Record<Language, string>>>> = {
  'open-encrypted': { ja: 'https://age-encryption.org/', en: 'https://age-encryption.org/' },
  'privacy-law': { ja: 'https://www.ppc.go.jp/', en: 'https://www.ppc.go.jp/en/' },
};

export async function openHelp(id: HelpId, language: Language): Promise<void> {
  await shell.openExternal(HELP_LINKS[id][language]);
}
