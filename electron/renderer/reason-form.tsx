import { Button, Textarea } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { ipcMethods } from '../../src/contracts/ipc.ts';
import { errorText } from '../../src/ui/event-words.ts';
import { useUi } from '../../src/ui/use-ui.ts';
import { call } from './api.ts';
import styles from './reason-form.module.css';

/** What the form needs to know of a held file. */
export interface HeldFile {
  readonly holdId: string;
  readonly file?: string | undefined;
  readonly message?: { readonly ja: string; readonly en: string } | undefined;
}

const justification = ipcMethods['file.justify'].params.shape.justification;
const LONGEST = 2000;

/** What became of the files, as counted by the agent. */
export interface Outcome {
  readonly released: number;
  readonly refusals: readonly string[];
}

export interface ReasonFormProps {
  readonly questions: readonly HeldFile[];
  readonly onDone?: (outcome: Outcome) => void;
  /** Further buttons beside the sending one. */
  readonly children?: ReactNode;
}

/** Asks once for all the files held: people copy a folder, not a file. */
export function ReasonForm({ questions, onDone, children }: ReasonFormProps) {
  const { t, language } = useUi();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const listId = useId();
  const good = justification.safeParse(reason).success;
  const messages = new Set(questions.flatMap(({ message }) => (message === undefined ? [] : [message[language]])));

  const send = async (): Promise<void> => {
    setTried(true);
    if (!good) return;
    setBusy(true);
    const outcomes = await Promise.all(questions.map(({ holdId }) => call('justifyFile', { holdId, justification: reason })));
    const failures = outcomes.flatMap((outcome) => {
      if (!outcome.ok) return [errorText(outcome.error.code, outcome.error.message, t)];
      return outcome.value.released ? [] : [t('tray:question.still-held')];
    });
    setBusy(false);
    setRefusals([...new Set(failures)]);
    onDone?.({ released: outcomes.length - failures.length, refusals: failures });
  };

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <ul className={styles['files']} id={listId}>
        {questions.map(({ holdId, file }) => (
          <li key={holdId}>{file ?? t('tray:notice.some-file')}</li>
        ))}
      </ul>
      {[...messages].map((message) => (
        <p key={message} className={styles['rule']}>
          {message}
        </p>
      ))}
      <Textarea
        label={t('tray:question.reason')}
        description={t('tray:question.seen-by')}
        placeholder={t('tray:question.placeholder')}
        aria-describedby={listId}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={LONGEST}
        rows={4}
        error={tried && !good ? t('tray:question.too-short') : null}
        data-autofocus
      />
      {refusals.map((refusal) => (
        <p key={refusal} role="alert" className={styles['refusal']}>
          {t('tray:question.not-released', { reason: refusal })}
        </p>
      ))}
      <div className={styles['buttons']}>
        {children}
        <Button type="submit" loading={busy}>
          {t('tray:question.send')}
        </Button>
      </div>
    </form>
  );
}
