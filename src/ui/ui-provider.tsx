import '@mantine/core/styles.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import type { i18n } from 'i18next';
import { type ReactNode, useEffect, useState } from 'react';
import { I18nextProvider } from 'react-i18next';
import { theme } from './theme.ts';

/** Theme and language for a whole page. Writes no <style> element, so it runs under style-src 'self'. */
export function UiProvider({ i18n, children }: { readonly i18n: i18n; readonly children: ReactNode }) {
  return (
    <I18nextProvider i18n={i18n}>
      <DocumentLanguage i18n={i18n} />
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        {children}
      </MantineProvider>
    </I18nextProvider>
  );
}

/** Screen readers choose their voice, and theme.css its fonts, by the document's language. */
function DocumentLanguage({ i18n }: { readonly i18n: i18n }) {
  const [language, setLanguage] = useState(i18n.resolvedLanguage ?? 'en');
  useEffect(() => {
    i18n.on('languageChanged', setLanguage);
    return () => i18n.off('languageChanged', setLanguage);
  }, [i18n]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return null;
}
