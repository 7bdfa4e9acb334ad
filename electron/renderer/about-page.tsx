import { SegmentedControl } from '@mantine/core';
import { language as languageSchema } from '../../src/contracts/ids.ts';
import { Icon } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import { helpId } from '../ipc/calls.ts';
import { call } from './api.ts';
import { GateMark } from './gate-mark.tsx';
import { useTrayState } from './tray-state.tsx';
import styles from './about-page.module.css';

/** What this app is, what it records and what it cannot do. */
export function AboutPage() {
  const { t } = useUi();
  const { language, version } = useTrayState();
  return (
    <article className={styles['about']}>
      <header>
        <GateMark guarded size={56} />
        <div>
          <h1>{t('product.name')}</h1>
          <p>{t('tray:about.version', { version })}</p>
        </div>
      </header>
      <p>{t('tray:about.what')}</p>
      <h2>{t('tray:about.seen-title')}</h2>
      <p>{t('tray:about.seen')}</p>
      <h2>{t('tray:about.not-title')}</h2>
      <p>{t('tray:about.not')}</p>
      <h2>{t('tray:about.language')}</h2>
      <SegmentedControl
        aria-label={t('tray:about.language')}
        value={language}
        data={languageSchema.options.map((value) => ({ value, label: t(`language.${value}`) }))}
        onChange={(value) => void call('setLanguage', { language: languageSchema.parse(value) })}
      />
      <ul className={styles['help']}>
        {helpId.options.map((id) => (
          <li key={id}>
            <button type="button" onClick={() => void call('openHelp', { id })}>
              {t(`tray:help.${id}`)} <Icon name="out" size={13} />
            </button>
            <span>{t('tray:help.hint')}</span>
          </li>
        ))}
      </ul>
    </article>
  );
}
