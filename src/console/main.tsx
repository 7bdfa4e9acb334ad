import './zod-config.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createI18n } from '../i18n/create-i18n.ts';
import { UiProvider } from '../ui/ui-provider.tsx';
import { LiveEvents } from './api/live-events.ts';
import { createQueryClient, LiveContext } from './api/queries.ts';
import { App } from './app.tsx';
import { initialLanguage } from './preferences.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');

const live = new LiveEvents(() => new EventSource('/api/events/stream'));

createRoot(root).render(
  <StrictMode>
    <UiProvider i18n={createI18n(initialLanguage())}>
      <QueryClientProvider client={createQueryClient()}>
        <LiveContext value={live}>
          <App />
        </LiveContext>
      </QueryClientProvider>
    </UiProvider>
  </StrictMode>,
);
