import { Component, type ReactNode } from 'react';
import { useUi } from '../../ui/use-ui.ts';
import { Notice } from './notice.tsx';

/** A bug in one page must not take the navigation with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken retry={() => this.setState({ broken: false })} /> : this.props.children;
  }
}

function Broken({ retry }: { readonly retry: () => void }) {
  const { t } = useUi();
  return (
    <Notice
      kind="error"
      title={t('console:error.broken')}
      lead={t('errors:DLP_INTERNAL')}
      action={{ label: t('action.retry'), run: retry }}
    />
  );
}
