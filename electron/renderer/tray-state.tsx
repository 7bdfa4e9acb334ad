import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrayState } from '../ipc/calls.ts';
import { call, listen } from './api.ts';

const TrayStateContext = createContext<TrayState | null>(null);

/** Keeps what the main process knows, and the page's language with it. Shows nothing until the first answer. */
export function TrayStateProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<TrayState | null>(null);
  const { i18n } = useTranslation();
  const language = state?.language;

  useEffect(() => {
    const begin = async (): Promise<void> => {
      const answer = await call('getState', {});
      // A change that came in the meantime is newer than this answer.
      if (answer.ok) setState((newer) => newer ?? answer.value);
    };
    void begin();
    return listen('stateChanged', setState);
  }, []);

  useEffect(() => {
    if (language !== undefined) void i18n.changeLanguage(language);
  }, [language, i18n]);

  return state === null ? null : <TrayStateContext.Provider value={state}>{children}</TrayStateContext.Provider>;
}

export function useTrayState(): TrayState {
  const state = useContext(TrayStateContext);
  if (state === null) throw new Error('useTrayState outside TrayStateProvider');
  return state;
}
