// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../src/console/app.tsx';
import { fleet, storedEvents, summary } from '../e2e/console-fixtures.ts';
import { answering, giveElementsSize, json, renderConsole } from './render.tsx';

const events = storedEvents(Date.now(), 30);

/** A collector with one officer; `signedIn` is its session. */
function collector({ signedIn = true, broken = false } = {}) {
  let session = signedIn;
  return answering((url, init) => {
    if (url.pathname === '/api/login') {
      const right = typeof init?.body === 'string' && init.body.includes('"right"');
      session = right;
      return right ? json({}) : json({ code: 'DLP_AUTH_FAILED', message: 'wrong', retryable: false }, 401);
    }
    if (url.pathname === '/api/logout') {
      session = broken;
      return broken ? json({ code: 'DLP_STORE_IO', message: 'disk', retryable: false }, 500) : json({});
    }
    if (!session) return json({ code: 'DLP_AUTH_REQUIRED', message: 'sign in', retryable: false }, 401);
    if (url.pathname === '/api/session') return json({ name: 'officer', role: 'officer' });
    if (broken) return json({ code: 'DLP_STORE_IO', message: 'disk', retryable: false }, 500);
    if (url.pathname === '/api/summary') return json(summary());
    if (url.pathname === '/api/fleet') return json(fleet(Date.now()));
    if (url.pathname !== '/api/events') return undefined;
    const text = url.searchParams.get('text') ?? '';
    return json({ events: events.filter((stored) => JSON.stringify(stored).includes(text)), next: null });
  });
}

beforeEach(() => {
  giveElementsSize();
  history.replaceState(null, '', '/');
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('signing in', () => {
  it('says in words that the password is wrong, then lets in', async () => {
    vi.stubGlobal('fetch', collector({ signedIn: false }));
    renderConsole(<App />);
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'officer' } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'wrong' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toBe('The name or the password is wrong.');
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'right' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeDefined();
  });

  it('stays, and says so, when the collector did not end the session', async () => {
    vi.stubGlobal('fetch', collector({ broken: true }));
    renderConsole(<App />);
    const account = await screen.findByRole('button', { name: 'Sign out' });
    fireEvent.click(account);
    await waitFor(() =>
      expect(screen.getAllByRole('alert').some((alert) => alert.textContent === 'The store could not be read or written.')).toBe(true),
    );
    expect(screen.queryByLabelText('Password')).toBeNull();
  });

  it('comes back when a session has ended', async () => {
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    fireEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('Password')).toBeDefined();
  });
});

describe('the overview', () => {
  it('shows the day, what is serious, and the fleet', async () => {
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    const day = await screen.findByRole('region', { name: 'Last 24 hours' });
    await within(day).findByText('5,129');
    expect(
      within(day)
        .getByRole('link', { name: /Blocked/ })
        .getAttribute('href'),
    ).toBe('/events?type=file.blocked&period=24h');
    const seriousPanel = screen.getByRole('region', { name: 'Serious events' });
    expect(await within(seriousPanel).findByText('扶養控除申告書_2026.xlsx was blocked')).toBeDefined();
    expect(await screen.findByText('7 PCs')).toBeDefined();
  });

  it('changes language at once and remembers it', async () => {
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    fireEvent.click(screen.getByLabelText('日本語'));
    expect(await screen.findByRole('heading', { level: 1, name: '概要' })).toBeDefined();
    expect([document.documentElement.lang, localStorage.getItem('sekisho.language')]).toEqual(['ja', 'ja']);
  });

  it('says in words what could not be loaded', async () => {
    vi.stubGlobal('fetch', collector({ broken: true }));
    renderConsole(<App />);
    const alerts = await screen.findAllByRole('alert');
    expect(alerts[0]?.textContent).toContain('The store could not be read or written.');
    expect(within(alerts[0] ?? document.body).getByRole('button', { name: 'Try again' })).toBeDefined();
  });
});

describe('the events page', () => {
  const open = async (path = '/events') => {
    history.replaceState(null, '', path);
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    return await screen.findByRole('grid', { name: 'Events, newest first' });
  };

  it('shows who, what, where and how many persons in a row', async () => {
    const grid = await open();
    const row = (await within(grid).findByText('扶養控除申告書_2026.xlsx')).closest('[role=row]');
    expect(row?.textContent).toMatch(/High.*Blocked.*My Number 1,198.*田中 健一.*jinji-pc-003.*BACKUP.*B7700A1E44.*1,198/);
  });

  it('opens the event under the cursor with the keyboard', async () => {
    const grid = await open();
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getByRole('heading', { level: 2 }).textContent).toBe('扶養控除申告書_2026.xlsx was blocked');
    for (const text of ['1234********', 'the check digit is right', 'my-number', 'appi-personal-data v12', 'B7700A1E44']) {
      expect(within(drawer).getAllByText(text).length).toBeGreaterThan(0);
    }
    fireEvent.click(within(drawer).getByLabelText('JSON'));
    expect(drawer.querySelector('pre')?.textContent).toContain('"sekisho-event/1"');
  });

  it('narrows by the address, and teaches what to do when nothing is left', async () => {
    history.replaceState(null, '', '/events?text=nowhere-to-be-found');
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    expect(await screen.findByText('No event matches these filters')).toBeDefined();
    fireEvent.click(screen.getAllByRole('button', { name: 'Clear filters' })[0] ?? document.body);
    expect(await screen.findByRole('grid')).toBeDefined();
    await waitFor(() => expect(location.search).toBe(''));
  });
});

describe('the fleet page', () => {
  it('puts those that need somebody first', async () => {
    history.replaceState(null, '', '/fleet');
    vi.stubGlobal('fetch', collector());
    renderConsole(<App />);
    const table = await screen.findByRole('table', { name: 'Fleet' });
    const hosts = within(table)
      .getAllByRole('rowheader')
      .map((cell) => cell.querySelector('a')?.textContent);
    expect(hosts.slice(0, 2)).toEqual(['soumu-pc-001', 'keiri-pc-007']);
    expect(hosts.at(-1)).toBe('kyusha-pc-002');
    expect(within(table).getByText('Guard failed')).toBeDefined();
    fireEvent.change(screen.getByLabelText('Filter by PC, OS or policy'), { target: { value: 'ubuntu' } });
    expect(within(table).getAllByRole('rowheader')).toHaveLength(1);
  });
});
