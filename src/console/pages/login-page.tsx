import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { useUi } from '../../ui/use-ui.ts';
import { useSignIn } from '../api/queries.ts';
import { problemText } from '../components/error-panel.tsx';
import { Gate } from '../components/gate.tsx';
import { LanguageSwitch, SchemeSwitch } from '../components/switches.tsx';
import styles from './login-page.module.css';

export function LoginPage() {
  const { t } = useUi();
  const signIn = useSignIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(name, password);
    } catch (error) {
      setProblem(error);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles['page']}>
      <title>{`${t('console:login.title')} · ${t('console:title.suffix')}`}</title>
      <div className={styles['switches']}>
        <LanguageSwitch />
        <SchemeSwitch />
      </div>
      <main className={styles['card']}>
        <div className={styles['brand']}>
          <Gate size={34} />
          <span>{t('product.name')}</span>
        </div>
        <p className={styles['lead']}>{t('console:login.lead')}</p>
        <form
          className={styles['form']}
          onSubmit={(event: SubmitEvent) => {
            event.preventDefault();
            void submit();
          }}
        >
          <h1 className="visually-hidden">{t('console:login.title')}</h1>
          <TextInput
            label={t('console:login.name')}
            name="name"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            withAsterisk={false}
            maxLength={128}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('console:login.password')}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={1024}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {problem === null ? null : (
            <Alert color="red" role="alert" className={styles['problem'] ?? ''}>
              {problemText(problem, t)}
            </Alert>
          )}
          <Button type="submit" loading={busy} fullWidth>
            {t('console:login.submit')}
          </Button>
        </form>
      </main>
    </div>
  );
}
