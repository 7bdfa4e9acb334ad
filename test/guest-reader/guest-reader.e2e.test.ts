import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encryptBytes, generateIdentity } from '../../src/age/index.ts';
import { GUEST_PAGE_FILE } from '../../src/contracts/medium.ts';
import { type EnrolledMedium, enrolMedium, isGuestPage } from '../../src/media/index.ts';
import { fakeStick } from '../fakes/fake-usb.ts';
import { fakeVolume } from '../fakes/fake-volumes.ts';
import { CHROMIUM_PATH } from '../fakes/electron/chromium.ts';

const ROOT = join(import.meta.dirname, '../..');
const missing = existsSync(CHROMIUM_PATH) ? null : `there is no Chromium at ${CHROMIUM_PATH} (Debian package chromium)`;
if (missing !== null) console.log(`guest-reader.e2e: the cases with a browser are skipped, ${missing}`);
const hasAge = spawnSync('age', ['--version']).error === undefined;
if (!hasAge) console.log('guest-reader.e2e: the case with stock age is skipped, there is no age (Debian package age)');

const root = mkdtempSync(join(tmpdir(), 'sekisho-guest-'));
const stick = join(root, 'stick');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const ORGANISATION = '</script><b>架空商事';
const TEXT = '氏名,電話\n架空 花子,090-0000-0000\n'.repeat(20_000);
let medium: EnrolledMedium;

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts'), 'guest-reader']);
  mkdirSync(stick);
  const made = await enrolMedium({
    volume: fakeVolume({ mountPoint: stick, device: fakeStick() }),
    organisationFolder: root,
    organisation: ORGANISATION,
    privateKeyPem,
    holder: '田中',
    now: '2026-11-22T00:00:00.000Z',
    due: '2027-03-31T14:59:59.999Z',
    erased: false,
    guests: true,
  });
  if (!made.ok) throw new Error(made.error.message);
  medium = made.value;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const guest = (): string => medium.record.guest ?? '';
const sealed = (text: string, ...recipients: string[]): Uint8Array => {
  const made = encryptBytes(Buffer.from(text), recipients);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
};

describe('the page on the medium', () => {
  const page = (): Buffer => readFileSync(join(stick, GUEST_PAGE_FILE));

  it("is the organisation's, and nobody's once it is changed", () => {
    expect(isGuestPage(page(), publicKeyPem)).toBe(true);
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(isGuestPage(page(), stranger)).toBe(false);
    const text = page().toString('utf8');
    for (const changed of [text.replace('<body>', '<body >'), `${text} `, `<p>x</p>${text}`, text.replace('"payload":"', '"payload":"A')])
      expect(isGuestPage(Buffer.from(changed), publicKeyPem)).toBe(false);
    expect(isGuestPage(Buffer.from('<!---->\n'), publicKeyPem)).toBe(false);
    expect(isGuestPage(randomBytes(1000), publicKeyPem)).toBe(false);
  });

  it('holds neither the identity nor the passphrase in readable form', () => {
    expect(page().toString('utf8')).not.toMatch(/AGE-SECRET-KEY-1[0-9A-Z]{58}/);
    expect(page().includes(medium.passphrase ?? 'none')).toBe(false);
    expect(readFileSync(join(root, 'media.ndjson'), 'utf8')).not.toContain(medium.passphrase);
    expect(medium.passphrase).toMatch(/^(?:[2-9a-hjkmnp-z]{4}-){4}[2-9a-hjkmnp-z]{4}$/);
  });

  it.skipIf(!hasAge)('has an identity that stock age opens files with', () => {
    const [, json = ''] = /id="medium">(.*?)<\/script>/s.exec(page().toString('utf8')) ?? [];
    writeFileSync(join(root, 'identity.age'), (JSON.parse(json) as { identity: string }).identity);
    writeFileSync(join(root, 'list.age'), sealed(TEXT, guest()));
    const command = `age -d -i identity.age list.age`;
    // age asks for the passphrase at a terminal.
    const opened = spawnSync('script', ['-qec', command, '/dev/null'], { cwd: root, input: `${medium.passphrase}\n`, encoding: 'utf8' });
    expect(opened.stdout).toContain('架空 花子,090-0000-0000');
  });
});

describe.skipIf(missing !== null)('a guest, in a browser without a network', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const troubles: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: ['--no-sandbox', '--disable-gpu'] });
    const context = await browser.newContext({ locale: 'ja-JP', offline: true, acceptDownloads: true });
    page = await context.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => troubles.push(message.text()));
    await page.goto(pathToFileURL(join(stick, GUEST_PAGE_FILE)).href);
  });
  afterAll(() => browser.close());

  const open = async (files: { name: string; content: Uint8Array }[], passphrase: string): Promise<void> => {
    await page.setInputFiles(
      '#files',
      files.map(({ name, content }) => ({ name, mimeType: '', buffer: Buffer.from(content) })),
    );
    await page.fill('#passphrase', passphrase);
    await page.click('button.main');
    await page.waitForSelector('button.main:enabled');
  };
  const said = (): Promise<string> => page.innerText('ul');

  it('reads whose medium it is, as text', async () => {
    expect(await page.innerText('p')).toContain(ORGANISATION);
    expect(await page.title()).toBe('このメディアのファイルを開く');
    const picture = process.env['SEKISHO_SCREENSHOTS'];
    if (picture !== undefined) await page.screenshot({ path: join(picture, 'guest-page.png') });
  });

  it('opens files with the passphrase, however it is typed, and saves them under their names', async () => {
    const other = generateIdentity();
    const files = [
      { name: '名簿.csv.age', content: sealed(TEXT, other.recipient, guest()) },
      { name: '<img src=x onerror=alert(1)>.html.age', content: sealed('<script>alert(1)</script>', guest()) },
      { name: 'empty.txt.age', content: sealed('', guest()) },
    ];
    const typed = (medium.passphrase ?? '')
      .toUpperCase()
      .replaceAll('-', '　')
      .replace(/^./, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    await open(files, typed);
    const saves = page.locator('li button');
    expect(await saves.count()).toBe(3);
    const expected = [TEXT, '<script>alert(1)</script>', ''];
    for (const [n, text] of expected.entries()) {
      const [download] = await Promise.all([page.waitForEvent('download'), saves.nth(n).click()]);
      expect(readFileSync(await download.path(), 'utf8')).toBe(text);
      expect(download.suggestedFilename()).toBe(['名簿.csv', '_img src=x onerror=alert(1)_.html', 'empty.txt'][n]);
    }
  });

  it('is told what is wrong with a passphrase, or with a file', async () => {
    await open([{ name: 'a.age', content: sealed('a', guest()) }], 'wrong-wrong-wrong-wrong-wron');
    expect(await said()).toContain('このメディアのパスフレーズではありません');
    const whole = sealed(TEXT, guest());
    const [cut, changed] = [whole.slice(0, -100), Uint8Array.from(whole)];
    changed[whole.length - 50] = (changed[whole.length - 50] ?? 0) ^ 1;
    await open(
      [
        { name: 'plain.txt', content: Buffer.from('plain') },
        { name: 'foreign.age', content: sealed('b', generateIdentity().recipient) },
        { name: 'cut.age', content: cut },
        { name: 'changed.age', content: changed },
        { name: 'header.age', content: Buffer.from('age-encryption.org/v1\nnonsense') },
        { name: 'good.age', content: sealed('good', guest()) },
      ],
      medium.passphrase ?? '',
    );
    expect(
      (await said())
        .split('\n')
        .filter((line) => /。|保存/.test(line))
        .map((line) => line.slice(0, 14)),
    ).toEqual([
      '暗号化されたファイル（.ag',
      'このメディアのパスフレーズで',
      'ファイルが変更されたか途中で',
      'ファイルが変更されたか途中で',
      'ファイルが変更されたか途中で',
      '保存',
      '保存したファイルは暗号化され',
    ]);
  });

  it('may read it in English, and nothing was fetched nor refused meanwhile', async () => {
    await page.click('header button');
    expect(await page.title()).toBe('Open files on this medium');
    expect(requests.filter((url) => !url.startsWith('blob:'))).toEqual([pathToFileURL(join(stick, GUEST_PAGE_FILE)).href]);
    expect(troubles).toEqual([]);
  });
});
