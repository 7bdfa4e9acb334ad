/**
 * Pictures of the console for the documentation, in both languages, through a real browser.
 * `node scripts/screenshot.ts --url URL --user NAME --password-file FILE --out docs/images [--scheme light|dark]`
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];
const LOCALES = { ja: 'ja-JP', en: 'en-GB' } as const;
type Language = keyof typeof LOCALES;

interface Options {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly out: string;
  readonly scheme: 'light' | 'dark';
}

async function picture(browser: Browser, language: Language, options: Options): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    locale: LOCALES[language],
    timezoneId: 'Asia/Tokyo',
    colorScheme: options.scheme,
    reducedMotion: 'reduce',
    // A collector that was just installed has a certificate of its own organisation, which no browser knows.
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  const save = async (name: string): Promise<void> => {
    await page.mouse.move(720, 10);
    const suffix = options.scheme === 'dark' ? '-dark' : '';
    await page.screenshot({ path: join(options.out, `console-${name}${suffix}.${language}.png`) });
  };

  await page.goto(options.url);
  await page.locator('input[name=name]').waitFor();
  await save('login');
  await signIn(page, options);
  await page.locator('main section ul').first().waitFor();
  await settled(page);
  await save('overview');

  await page.goto(new URL('/events', options.url).href);
  await page.locator('[role=grid] [role=row][aria-selected]').first().waitFor();
  await settled(page);
  await save('events');
  await openTelling(page);
  await save('event');

  await page.goto(new URL('/fleet', options.url).href);
  await page.locator('table tbody tr').first().waitFor();
  await settled(page);
  await save('fleet');
  await context.close();
}

async function signIn(page: Page, { user, password }: Options): Promise<void> {
  await page.locator('input[name=name]').fill(user);
  await page.locator('input[name=password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('nav').waitFor();
}

/** No skeleton or loader is left and the fonts are there. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('main [role=status][aria-label]') === null && document.fonts.status === 'loaded'");
}

/** Opens the first event with persons in it, else the first one. */
async function openTelling(page: Page): Promise<void> {
  const rows = page.locator('[role=grid] [role=row][aria-selected]');
  const telling = rows.filter({ has: page.locator('[role=gridcell]:last-child:not(:empty)') });
  await ((await telling.count()) > 0 ? telling : rows).first().click();
  await page.locator('[role=dialog] dl').first().waitFor();
  await page.waitForFunction("document.getAnimations().every((animation) => animation.playState !== 'running')");
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      user: { type: 'string' },
      'password-file': { type: 'string' },
      out: { type: 'string', default: 'docs/images' },
      scheme: { type: 'string', default: 'light' },
    },
  });
  const { url, user, 'password-file': passwordFile, out, scheme } = values;
  if (url === undefined || user === undefined || passwordFile === undefined) {
    throw new Error('needs --url URL --user NAME --password-file FILE [--out FOLDER] [--scheme light|dark]');
  }
  return {
    url,
    user,
    password: readFileSync(passwordFile, 'utf8').trim(),
    out: resolve(out),
    scheme: scheme === 'dark' ? 'dark' : 'light',
  };
}

async function main(): Promise<number> {
  try {
    const options = readOptions();
    mkdirSync(options.out, { recursive: true });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    try {
      for (const language of ['ja', 'en'] as const) await picture(browser, language, options);
    } finally {
      await browser.close();
    }
    return 0;
  } catch (error) {
    console.error(`screenshot: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
