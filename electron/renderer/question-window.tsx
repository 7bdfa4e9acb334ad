import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import { call } from './api.ts';
import { type Outcome, ReasonForm } from './reason-form.tsx';
import { useTrayState } from './tray-state.tsx';
import styles from './question-window.module.css';

const NOTHING_YET: Outcome = { released: 0, refusals: [] };

const postpone = (): void => void call('postponeQuestions', {});

/** The dialog that comes up by itself when a file is held. */
export function QuestionWindow() {
  const { t } = useUi();
  const { questions } = useTrayState();
  const [outcome, setOutcome] = useState<Outcome>(NOTHING_YET);
  const count = questions.length;
  const before = useRef(count);

  useEffect(() => {
    document.title = t('tray:window.question');
  }, [t]);
  useEffect(() => {
    // A new question after the last was answered: what became of the old one would only confuse.
    if (count > before.current) setOutcome(NOTHING_YET);
    before.current = count;
  }, [count]);

  return (
    <main className={styles['question']}>
      {count === 0 ? (
        <Done outcome={outcome} />
      ) : (
        <>
          <header>
            <Icon name="hold" size={32} />
            <div>
              <h1>{t('tray:question.title', { count })}</h1>
              <p>{t('tray:question.meaning')}</p>
            </div>
          </header>
          <ReasonForm questions={questions} onDone={setOutcome}>
            <Button variant="default" onClick={postpone}>
              {t('tray:question.later')}
            </Button>
          </ReasonForm>
        </>
      )}
    </main>
  );
}

/** Nothing waits any more: what was released, and what could not be and never will. */
function Done({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useUi();
  const { released, refusals } = outcome;
  const answered = released + refusals.length > 0;
  return (
    <div className={`${styles['done']} ${released > 0 ? styles['released'] : ''}`}>
      <Icon name={released > 0 ? 'check' : answered ? 'warn' : 'release'} size={36} />
      {released > 0 ? <h1>{t('tray:question.released', { count: released })}</h1> : null}
      {[...new Set(refusals)].map((reason) => (
        <p key={reason} role="alert">
          {t('tray:question.not-released', { reason })}
        </p>
      ))}
      {answered ? null : <h1>{t('tray:question.none')}</h1>}
      <Button onClick={postpone}>{t('action.close')}</Button>
    </div>
  );
}
