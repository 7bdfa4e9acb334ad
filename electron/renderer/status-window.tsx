import { Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useUi } from '../../src/ui/use-ui.ts';
import { page as pageSchema, type Page } from '../ipc/calls.ts';
import { AboutPage } from './about-page.tsx';
import { listen } from './api.ts';
import { GateMark } from './gate-mark.tsx';
import { RecordsPage } from './records-page.tsx';
import { StatusPage } from './status-page.tsx';
import { useTrayState } from './tray-state.tsx';
import styles from './window.module.css';

const PAGES = pageSchema.options;

export function StatusWindow() {
  const { t } = useUi();
  const { practice, connection } = useTrayState();
  const [page, setPage] = useState<Page>('status');

  useEffect(() => listen('pageRequested', (request) => setPage(request.page)), []);
  useEffect(() => {
    document.title = `${t('product.name')} – ${t(`tray:page.${page}`)}`;
  }, [t, page]);

  return (
    <Tabs className={styles['window']} value={page} onChange={(value) => setPage(pageSchema.parse(value))} keepMounted={false}>
      <header className={styles['header']}>
        <div className={styles['brand']}>
          <GateMark guarded={connection === 'connected'} />
          <div>
            <div className={styles['name']}>{t('product.name')}</div>
            <div className={styles['tagline']}>{t('tray:tagline')}</div>
          </div>
        </div>
        <Tabs.List className={styles['tabs']}>
          {PAGES.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tray:page.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </header>
      {practice ? (
        <div className={styles['practice']} role="note">
          <strong>{t('tray:practice.title')}</strong> {t('tray:practice.meaning')}
        </div>
      ) : null}
      <main className={styles['content']}>
        <Tabs.Panel value="status">
          <StatusPage />
        </Tabs.Panel>
        <Tabs.Panel value="records">
          <RecordsPage />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <AboutPage />
        </Tabs.Panel>
      </main>
    </Tabs>
  );
}
