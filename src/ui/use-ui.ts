import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../contracts/ids.ts';
import type { Translate } from '../i18n/create-i18n.ts';
import { NAMESPACES } from '../i18n/resources.ts';
import { createFormatter, type Formatter } from './format.ts';

export interface Ui {
  readonly t: Translate;
  readonly format: Formatter;
  readonly language: Language;
}

/** Words, numbers and dates in the language of the page. */
export function useUi(): Ui {
  const { t, i18n } = useTranslation(NAMESPACES);
  const language: Language = i18n.resolvedLanguage === 'ja' ? 'ja' : 'en';
  return useMemo(() => ({ t, format: createFormatter(language), language }), [t, language]);
}
