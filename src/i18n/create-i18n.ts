import { createInstance, type i18n, type TFunction } from 'i18next';
import type { Language } from '../contracts/ids.ts';
import { NAMESPACES, type Resources, resources } from './resources.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Resources;
    keySeparator: false;
    returnNull: false;
  }
}

/** A translate function over all namespaces: `t('events:type.file.blocked')`. Unprefixed keys are `common`. */
export type Translate = TFunction<typeof NAMESPACES>;

/**
 * A translator ready at once (nothing is loaded later), its own instance: processes and tests do not share state.
 * Values are not HTML-escaped: React and the OS's notifications take plain text.
 */
export function createI18n(language: Language): i18n {
  const instance = createInstance();
  void instance.init({
    lng: language,
    fallbackLng: 'en',
    supportedLngs: ['ja', 'en'],
    ns: [...NAMESPACES],
    defaultNS: 'common',
    resources,
    keySeparator: false,
    initAsync: false,
    returnNull: false,
    interpolation: { escapeValue: false },
  });
  return instance;
}

/** The translate function of an instance in its present language. */
export function translator(instance: i18n): Translate {
  return instance.getFixedT(instance.resolvedLanguage ?? 'en', NAMESPACES);
}

/** The product's language that suits a list of wishes such as `navigator.languages` or Electron's preferred ones. */
export function preferredLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    if (/^ja\b/i.test(wish)) return 'ja';
    if (/^en\b/i.test(wish)) return 'en';
  }
  return 'en';
}
