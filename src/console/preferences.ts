import { language as languageSchema, type Language } from '../contracts/ids.ts';
import { preferredLanguage } from '../i18n/create-i18n.ts';

const KEY = 'sekisho.language';

/** The language chosen here before; null when never. Storage may be switched off in the browser. */
export function rememberedLanguage(): Language | null {
  try {
    return languageSchema.safeParse(localStorage.getItem(KEY)).data ?? null;
  } catch {
    return null;
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Not remembered then; the choice still holds for this page.
  }
}

export function initialLanguage(): Language {
  return rememberedLanguage() ?? preferredLanguage(navigator.languages);
}
