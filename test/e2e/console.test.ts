import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { file, stored, storedEvents } from './console-fixtures.ts';
import { type ConsoleServer, startConsoleServer, USER } from './console-server.ts';

/** The built console in a real browser, under the strictest Content-Security-Policy, over fixture data. */
const CHROMIUM = '/usr/bin/chromium';
const missing = existsSync(CHROMIUM) ? null : `${CHROMIUM} is not installed (Debian package chromium)`;
if (missing !== null) console.log(`skipped: console in a browser: ${missing}`);

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];
const ROOT = resolve(import.meta.dirname, '../..');
/** The two cores of a build machine may be busy. */
const PATIENT = { timeout: 20_000 };
/** Before signing in the session is asked for, and the browser logs the refusal by itself. */
const EXPECTED_LOG = /status of 401/;

describe.skipIf(missing !== null)('the console in a browser', { timeout: 120_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: ConsoleServer;
  let page: Page;
  let complaints: string[];
  const now = Date.now();

  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/build.ts', 'console'], { cwd: ROOT, stdio: 'inherit' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });
  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    server = await startConsoleServer(now);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Asia/Tokyo' });
    page = await context.newPage();
    complaints = [];
    page.on('console', (message) => {
      if (!EXPECTED_LOG.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await context.close();
    await server.close();
  });

  const signIn = async (path = '/'): Promise<void> => {
    await page.goto(new URL(path, server.url).href);
    await page.locator('input[name=name]').fill(USER.name);
    await page.locator('input[name=password]').fill(USER.password);
    await page.keyboard.press('Enter');
    await page.locator('nav').waitFor();
  };
  const rows = () => page.locator('[role=grid] [role=row][aria-selected]');
  const arrive = (name: string, number = 5000): void =>
    server.publish(stored(file('file.blocked', 0, 'pc-new', { path: name, user: 'newcomer', severity: 'high' }), Date.now(), number));

  it('lets in with the right password only, and comes back to the page asked for', async () => {
    await page.goto(`${server.url}/fleet`);
    await page.locator('input[name=name]').fill(USER.name);
    await page.locator('input[name=password]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
    await page.locator('input[name=password]').fill(USER.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Fleet' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('input[name=password]').waitFor();
    await page.reload();
    await page.locator('input[name=password]').waitFor();
    expect(complaints).toEqual([]);
  });

  it('speaks both languages and remembers the choice', async () => {
    await signIn();
    await page.getByText('扶養控除申告書_2026.xlsx was blocked').waitFor();
    await page.getByText('日本語', { exact: true }).click();
    await page.getByText('扶養控除申告書_2026.xlsx をブロック').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '概要' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    expect(await page.title()).toBe('概要 · Sekisho コンソール');
    expect(complaints).toEqual([]);
  });

  it("shows every page in both colour schemes without a word to the browser's log", async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (colorScheme === 'light') await signIn();
      for (const [path, heading] of [
        ['/', 'Overview'],
        ['/events', 'Events'],
        ['/fleet', 'Fleet'],
        ['/nowhere', 'This page does not exist'],
      ] as const) {
        await page.goto(new URL(path, server.url).href);
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colorScheme);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('shows a new event within the list by itself', async () => {
    await signIn('/events');
    await rows().first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    arrive('arrived-live.xlsx');
    await rows().first().getByText('arrived-live.xlsx').waitFor();
    expect(complaints).toEqual([]);
  });

  it('holds the list still while paused', async () => {
    await signIn('/events');
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await rows().first().innerText();
    await page.getByRole('button', { name: 'Pause' }).click();
    arrive('while-paused.xlsx');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rows().first().innerText()).toBe(before);
    await page.getByRole('button', { name: 'Resume' }).click();
    await rows().first().getByText('while-paused.xlsx').waitFor();
  });

  it('does not move under a reader who has scrolled down', async () => {
    await signIn('/events');
    await rows().first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('[role=grid]').evaluate((grid) => grid.scrollTo({ top: 2000 }));
    await page.locator('[role=grid] [role=row][aria-rowindex="42"]').waitFor({ state: 'attached' });
    const seen = await page.locator('[role=row][aria-rowindex="42"]').innerText();
    arrive('far-above.xlsx');
    await page.getByRole('button', { name: '1 new' }).click();
    await rows().first().getByText('far-above.xlsx').waitFor();
    expect(seen).not.toBe('');
    expect(await page.locator('[role=grid]').evaluate((grid) => grid.scrollTop)).toBe(0);
  });

  it('loads older events as the end comes near, keeping few rows in the document', async () => {
    await signIn('/events');
    await rows().first().waitFor();
    const total = storedEvents(now).length;
    await expect
      .poll(async () => {
        await page.locator('[role=grid]').evaluate((grid) => grid.scrollTo({ top: grid.scrollHeight }));
        return await page.locator('[role=grid]').getAttribute('aria-rowcount');
      }, PATIENT)
      .toBe(String(total + 1));
    expect(await rows().count()).toBeLessThan(80);
  });

  it('narrows by text, type and severity, and keeps it in the address', async () => {
    await signIn('/events');
    await page.keyboard.press('/');
    await page.keyboard.type('扶養控除');
    await page.waitForURL(/text=/);
    await expect.poll(() => rows().count(), PATIENT).toBe(1);
    await page.reload();
    await rows().first().getByText('扶養控除申告書_2026.xlsx').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: /^Type/ }).click();
    await page.getByLabel('Held').check();
    await page.keyboard.press('Escape');
    await page.waitForURL(/type=file\.held/);
    await expect.poll(() => rows().count(), PATIENT).toBe(1);
    await rows().first().getByText('deploy-bundle.zip').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is worked by keyboard alone: find, open, read on, close', async () => {
    await signIn('/events');
    await rows().first().waitFor();
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('heading', { name: '扶養控除申告書_2026.xlsx was blocked' }).waitFor();
    await drawer.getByText('B7700A1E44').first().waitFor();
    await drawer.getByText('the check digit is right').first().waitFor();
    await page.keyboard.press('j');
    await drawer.getByRole('heading', { name: 'deploy-bundle.zip is held until a reason is given' }).waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("role")'), PATIENT).toBe('grid');
    expect(complaints).toEqual([]);
  });

  it('leads from one event to all of the same stick', async () => {
    await signIn('/events');
    await rows().getByText('扶養控除申告書_2026.xlsx').click();
    await page.getByRole('dialog').getByRole('link', { name: 'B7700A1E44' }).click();
    await page.waitForURL(/text=B7700A1E44/);
    expect(complaints).toEqual([]);
    await expect.poll(() => rows().count(), PATIENT).toBe(2);
  });

  it('shows an event of a type it does not know', async () => {
    await signIn('/events');
    await page.getByText('Live', { exact: true }).waitFor();
    const known = stored(file('file.allowed', 0, 'pc-new', { path: 'x', user: 'u' }), Date.now(), 6000);
    const body = { type: 'print.blocked', severity: 'high', data: { printer: 'lobby' } };
    server.publish({ ...known, event: { ...known.event, body: body as unknown as typeof known.event.body } });
    await rows().getByText('Other event (print.blocked)').last().click();
    await page.getByRole('dialog').getByText('Other event (print.blocked)').first().waitFor();
    await page.getByText('JSON', { exact: true }).click();
    await page.getByRole('dialog').locator('pre').getByText('"printer": "lobby"').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says what went wrong and recovers on demand', async () => {
    await signIn();
    server.failWith(500);
    await page.goto(`${server.url}/events`);
    await page.getByRole('alert').getByText('The store could not be read or written.').waitFor();
    server.failWith(null);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    await rows().first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
