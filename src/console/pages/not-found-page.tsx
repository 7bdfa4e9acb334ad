import { useLocation } from 'wouter';
import { useUi } from '../../ui/use-ui.ts';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/shell.tsx';

export function NotFoundPage() {
  const { t } = useUi();
  const [, navigate] = useLocation();
  return (
    <>
      <PageHeader title={t('console:error.page')} />
      <Notice
        kind="empty"
        title={t('console:error.page')}
        lead={t('console:error.page-lead')}
        action={{ label: t('console:nav.overview'), run: () => navigate('/') }}
      />
    </>
  );
}
