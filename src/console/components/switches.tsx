import { ActionIcon, SegmentedControl, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { language as languageSchema } from '../../contracts/ids.ts';
import { Icon } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import { rememberLanguage } from '../preferences.ts';

/** Each language is named in itself, so that whoever cannot read the page still finds theirs. */
export function LanguageSwitch() {
  const { t, language } = useUi();
  const { i18n } = useTranslation();
  const change = (value: string): void => {
    const chosen = languageSchema.parse(value);
    rememberLanguage(chosen);
    void i18n.changeLanguage(chosen);
  };
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('console:header.language')}
      value={language}
      onChange={change}
      data={languageSchema.options.map((value) => ({ value, label: t(`language.${value}`) }))}
    />
  );
}

export function SchemeSwitch() {
  const { t } = useUi();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = `${t('console:header.scheme')}: ${t(dark ? 'scheme.dark' : 'scheme.light')}`;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'moon' : 'sun'} />
      </ActionIcon>
    </Tooltip>
  );
}
