import { QueryClientProvider } from '@tanstack/react-query';
import { configure, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { LiveEvents } from '../../src/console/api/live-events.ts';
import { createQueryClient, LiveContext } from '../../src/console/api/queries.ts';
import { createI18n } from '../../src/i18n/create-i18n.ts';
import type { Language } from '../../src/contracts/ids.ts';
import { UiProvider } from '../../src/ui/ui-provider.tsx';

// A busy machine draws slowly; waiting ends as soon as the page is there.
configure({ asyncUtilTimeout: 15_000 });

/** A stream that never says anything: for what does not follow. */
const silent = () => ({ readyState: 0, addEventListener: () => undefined, close: () => undefined });

/** As main.tsx puts it together, without the network. */
export function renderConsole(children: ReactNode, language: Language = 'en') {
  const i18n = createI18n(language);
  const live = new LiveEvents(silent);
  const view = render(
    <UiProvider i18n={i18n}>
      <QueryClientProvider client={createQueryClient()}>
        <LiveContext value={live}>{children}</LiveContext>
      </QueryClientProvider>
    </UiProvider>,
  );
  return { ...view, i18n };
}

/** happy-dom lays nothing out: without a size a virtual list has no row in sight. */
export function giveElementsSize(): void {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(700);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
}

type Answer = (url: URL, init: RequestInit | undefined) => Response | undefined;

/** Stands in for the collector: the first answer that is not undefined counts, else 404. */
export function answering(answer: Answer): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, 'http://localhost');
    return Promise.resolve(answer(url, init) ?? json({ code: 'DLP_API_NOT_FOUND', message: 'nothing', retryable: false }, 404));
  };
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
