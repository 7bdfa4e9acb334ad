import { errorText } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import { ApiProblem, NETWORK_PROBLEM, RESPONSE_PROBLEM } from '../api/api.ts';
import type { Translate } from '../../i18n/create-i18n.ts';
import { Notice } from './notice.tsx';

/** What went wrong with a request, in the reader's language. */
export function problemText(error: unknown, t: Translate): string {
  if (!(error instanceof ApiProblem)) return t('errors:DLP_INTERNAL');
  if (error.code === NETWORK_PROBLEM) return t('errors:network');
  if (error.code === RESPONSE_PROBLEM) return t('errors:response');
  return errorText(error.code, error.message, t);
}

export function ErrorPanel({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const { t } = useUi();
  return (
    <Notice kind="error" title={t('console:error.title')} lead={problemText(error, t)} action={{ label: t('action.retry'), run: retry }} />
  );
}
