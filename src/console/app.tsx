import { Loader } from '@mantine/core';
import { use, useEffect } from 'react';
import { Route, Switch } from 'wouter';
import type { SessionInfo } from '../contracts/collector-api.ts';
import { useUi } from '../ui/use-ui.ts';
import { LiveContext, useSession } from './api/queries.ts';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { ErrorPanel } from './components/error-panel.tsx';
import { Shell } from './components/shell.tsx';
import { EventsPage } from './pages/events-page.tsx';
import { FleetPage } from './pages/fleet-page.tsx';
import { LoginPage } from './pages/login-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { OverviewPage } from './pages/overview-page.tsx';
import styles from './app.module.css';

export function App() {
  const session = useSession();
  const { t } = useUi();
  if (session.data === undefined) {
    return (
      <div className={styles['center']}>
        {session.isError ? (
          <ErrorPanel error={session.error} retry={() => void session.refetch()} />
        ) : (
          <Loader size="sm" role="status" aria-label={t('console:loading')} />
        )}
      </div>
    );
  }
  return session.data === null ? <LoginPage /> : <SignedIn session={session.data} />;
}

function SignedIn({ session }: { readonly session: SessionInfo }) {
  const live = use(LiveContext);
  useEffect(() => {
    live?.start();
    return () => live?.stop();
  }, [live]);
  return (
    <Shell session={session}>
      <ErrorBoundary>
        <Switch>
          <Route path="/" component={OverviewPage} />
          <Route path="/events" component={EventsPage} />
          <Route path="/fleet" component={FleetPage} />
          <Route component={NotFoundPage} />
        </Switch>
      </ErrorBoundary>
    </Shell>
  );
}
