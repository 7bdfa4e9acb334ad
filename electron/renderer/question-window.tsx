import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import { call } from './api.ts';
import { ReasonForm } from './reason-form.tsx';
import { useTrayState } from './tray-state.tsx';
import styles from './question-window.module.css';

const postpone = (): void => void call('postponeQuestions', {});

/** The dialog that comes up by itself when a file is held. */
export function QuestionWindow() {
  const { t } = useUi();
  const { questions } = useTrayState();
  const [released, setReleased] = useState(0);
  const count = questions.length;
  const before = useRef(count);

  useEffect(() => {
    document.title = t('tray:window.question');
  }, [t]);
  useEffect(() => {
    // A new question after the last was answered: the thanks for the old one would only confuse.
    if (count > before.current) setReleased(0);
    before.current = count;
  }, [count]);

  return (
    <main className={styles['question']}>
      {count === 0 ? (
        <div className={styles['done']}>
          <Icon name={released > 0 ? 'check' : 'release'} size={36} />
          <h1>{released > 0 ? t('tray:question.released', { count: released }) : t('tray:question.none')}</h1>
          <Button onClick={postpone}>{t('action.close')}</Button>
        </div>
      ) : (
        <>
          <header>
            <Icon name="hold" size={32} />
            <div>
              <h1>{t('tray:question.title', { count })}</h1>
              <p>{t('tray:question.meaning')}</p>
            </div>
          </header>
          <ReasonForm questions={questions} onDone={(outcome) => setReleased(outcome.released)}>
            <Button variant="default" onClick={postpone}>
              {t('tray:question.later')}
            </Button>
          </ReasonForm>
        </>
      )}
    </main>
  );
}
