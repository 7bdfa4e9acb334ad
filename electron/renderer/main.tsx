// oxlint-disable-next-line import/no-unassigned-import -- it is there for its effect, and first
import './parse-without-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createI18n, preferredLanguage } from '../../src/i18n/create-i18n.ts';
import { UiProvider } from '../../src/ui/ui-provider.tsx';
import { QuestionWindow } from './question-window.tsx';
import { StatusWindow } from './status-window.tsx';
import { TrayStateProvider } from './tray-state.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no root');

const i18n = createI18n(preferredLanguage(navigator.languages));

createRoot(root).render(
  <StrictMode>
    <UiProvider i18n={i18n}>
      <TrayStateProvider>{location.hash === '#question' ? <QuestionWindow /> : <StatusWindow />}</TrayStateProvider>
    </UiProvider>
  </StrictMode>,
);
