import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import type { SessionInfo } from '../../contracts/collector-api.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useUi } from '../../ui/use-ui.ts';
import { useSignOut } from '../api/queries.ts';
import { problemText } from './error-panel.tsx';
import { Gate } from './gate.tsx';
import { LanguageSwitch, SchemeSwitch } from './switches.tsx';
import styles from './shell.module.css';

export function Shell({ session, children }: { readonly session: SessionInfo; readonly children: ReactNode }) {
  const { t } = useUi();
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#content">
        {t('console:nav.skip')}
      </a>
      <div className={styles['rail']}>
        <div className={styles['brand']}>
          <Gate size={26} />
          <span className={styles['wide']}>{t('product.name')}</span>
        </div>
        <nav aria-label={t('console:nav.label')} className={styles['nav']}>
          <NavLink href="/" icon="overview" label={t('console:nav.overview')} />
          <NavLink href="/events" icon="events" label={t('console:nav.events')} />
          <NavLink href="/fleet" icon="fleet" label={t('console:nav.fleet')} />
        </nav>
        <Account session={session} />
      </div>
      <main id="content" className={styles['main']} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function NavLink({ href, icon, label }: { readonly href: string; readonly icon: IconName; readonly label: string }) {
  const [active] = useRoute(href);
  return (
    <Link
      href={href}
      className={`${styles['link']} ${active ? styles['active'] : ''}`}
      aria-current={active ? 'page' : undefined}
      title={label}
    >
      <Icon name={icon} />
      <span className={styles['wide']}>{label}</span>
    </Link>
  );
}

function Account({ session }: { readonly session: SessionInfo }) {
  const { t } = useUi();
  const signOut = useSignOut();
  const role = t(`console:role.${session.role}`);
  return (
    <div className={styles['account']}>
      <div className={styles['person']} aria-label={t('console:header.signed-in', { name: session.name, role })} role="group">
        <Icon name="person" />
        <span className={styles['wide']}>
          <span className={styles['name']}>{session.name}</span>
          <span className={styles['role']}>{role}</span>
        </span>
      </div>
      <Tooltip label={t('console:header.sign-out')}>
        <ActionIcon
          variant="transparent"
          className={styles['out']}
          aria-label={t('console:header.sign-out')}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <Icon name="out" />
        </ActionIcon>
      </Tooltip>
      {signOut.isError ? (
        <p role="alert" className={styles['problem']}>
          {problemText(signOut.error, t)}
        </p>
      ) : null}
    </div>
  );
}

/** A page's title line: what it is on the left, language and colours on the right. */
export function PageHeader({ title, aside }: { readonly title: string; readonly aside?: ReactNode }) {
  const { t } = useUi();
  return (
    <header className={styles['header']}>
      <title>{`${title} · ${t('console:title.suffix')}`}</title>
      <h1 className={styles['title']}>{title}</h1>
      <div className={styles['aside']}>{aside}</div>
      <LanguageSwitch />
      <SchemeSwitch />
    </header>
  );
}
