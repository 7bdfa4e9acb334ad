import type { AgentStatus } from '../../src/contracts/ipc.ts';
import { Icon, type IconName } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import type { Connection } from '../ipc/calls.ts';
import { Facts } from './facts.tsx';
import { gapText } from '../../src/i18n/gap-text.ts';
import { MediaList } from './media-list.tsx';
import { ReasonForm } from './reason-form.tsx';
import { useTrayState } from './tray-state.tsx';
import styles from './status-page.module.css';

const LOOKS: Readonly<Record<Connection, { readonly tone: string; readonly icon: IconName }>> = {
  connecting: { tone: 'plain', icon: 'agent' },
  connected: { tone: 'good', icon: 'agent' },
  'not-running': { tone: 'bad', icon: 'warn' },
  'not-trusted': { tone: 'bad', icon: 'stop' },
  incompatible: { tone: 'bad', icon: 'warn' },
};

/** What guards what, now. */
export function StatusPage() {
  const { status, questions } = useTrayState();
  return (
    <>
      <ConnectionBanner />
      {questions.length > 0 ? <Waiting /> : null}
      {status === null ? null : (
        <>
          <MediaList volumes={status.volumes} />
          <Facts status={status} />
          <Gaps gaps={status.gaps} />
        </>
      )}
    </>
  );
}

function ConnectionBanner() {
  const { t, format } = useUi();
  const { connection, since } = useTrayState();
  const { tone, icon } = LOOKS[connection];
  return (
    <section className={`${styles['banner']} ${styles[tone]}`} role="status">
      <Icon name={icon} size={28} />
      <div>
        <h1>{t(`tray:connection.${connection}`)}</h1>
        <p>{t(`tray:connection.${connection}-meaning`)}</p>
        {connection === 'connecting' || connection === 'connected' ? null : (
          <p className={styles['since']}>{t('tray:connection.since', { time: format.time(since) })}</p>
        )}
      </div>
    </section>
  );
}

/** Files held for a reason, answered on the spot. */
function Waiting() {
  const { t } = useUi();
  const { questions } = useTrayState();
  return (
    <section className={styles['waiting']}>
      <h2>{t('tray:menu.questions', { count: questions.length })}</h2>
      <ReasonForm questions={questions} />
    </section>
  );
}

function Gaps({ gaps }: { readonly gaps: AgentStatus['gaps'] }) {
  const { t } = useUi();
  return (
    <section className={styles['gaps']}>
      <h2>{t('tray:gaps.title')}</h2>
      {gaps.length === 0 ? (
        <p>{t('tray:gaps.none')}</p>
      ) : (
        <ul>
          {gaps.map((code) => (
            <li key={code}>{gapText(code, t)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
