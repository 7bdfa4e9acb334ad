import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronUrl, launchFake, poll, type RunningApp } from '../fakes/electron/launch.ts';
import { encryptedNotice, heldNotice, HOLD_ID, sampleEvents, sampleStatus } from './samples.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { asRoot, launch, MAIN, missing, NOBODY, real, ROOT, screenshot, uid, watchPolicyViolations } from './tray-setup.ts';

// What rests on the fake's record of what a person saw (icon, menu, notifications, windows) is skipped on the real Electron.
describe.skipIf(missing !== null)('the tray', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-tray-'));
  const events = sampleEvents();
  let agent: ScriptedAgent;
  let app: RunningApp;
  let status: Page;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts'), 'tray', 'tray-preload', 'tray-windows']);
    chmodSync(folder, 0o755);
    agent = new ScriptedAgent(join(folder, 'run/agent.sock'), {
      'status.get': () => sampleStatus(),
      'events.list': () => ({ events }),
      'file.justify': () => ({ released: true }),
      'session.report-idle': () => ({}),
      'session.report-lock': () => ({}),
    });
    await agent.start();
    app = await launch({ main: MAIN, arguments: ['--show'], uid, environment: { SEKISHO_ENDPOINT: agent.path } });
    status = await app.page('#status');
    await watchPolicyViolations(status);
  });

  afterAll(async () => {
    await app?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const clickMenu = (id: string): Promise<void> =>
    app.evaluate(({ recorder }, item) => recorder.tray?.menu?.getMenuItemById(item)?.click(), id);
  const windows = () =>
    app.evaluate(({ recorder }) => recorder.windows.map((window) => ({ visible: window.isVisible(), focused: window.isFocused() })));
  const shows = (page: Page, text: string) => page.getByText(text, { exact: false }).first().waitFor();

  it('says hello to the agent and asks for its status', () => {
    expect(agent.hellos).toEqual([{ kind: 'hello', protocol: 1, build: 'tray 0.1.0' }]);
    expect(agent.requests.map(({ method }) => method)).toContain('status.get');
  });

  it.skipIf(real !== null)('has a menu that opens and chooses, and nothing that ends or weakens anything', async () => {
    const ids = await app.evaluate(({ recorder }) => recorder.tray?.menu?.items.map((item) => item.id ?? item.type));
    expect(ids).toEqual([
      'normal',
      ...(asRoot ? [] : ['normal']),
      'separator',
      'open',
      'records',
      'recent',
      'separator',
      'language',
      'about',
    ]);
    expect(await app.evaluate(({ recorder }) => recorder.tray?.image)).toBe('gate.png');
  });

  it('shows in Japanese what guards what', async () => {
    await shows(status, '保護は動作しています');
    await shows(status, '個人情報の持ち出し');
    await shows(status, '営業部USB');
    await shows(status, 'シリアル 60A44C413FAE');
    await shows(status, '利用不可');
    await shows(status, 'スマートフォンやカメラ');
    expect(await status.locator('html').getAttribute('lang')).toBe('ja');
    await screenshot(status, 'status-ja');
  });

  it('says whether the agent is the system’s or a practice one', async () => {
    // Socket and folder belong to whoever runs the test: the system's where that is root.
    expect(await status.getByRole('note').count()).toBe(asRoot ? 0 : 1);
  });

  it('gives a window ten named functions and nothing else', async () => {
    expect(await status.evaluate('Object.keys(window.sekisho)')).toMatchInlineSnapshot(`
      [
        "getState",
        "listEvents",
        "justifyFile",
        "postponeQuestions",
        "setLanguage",
        "openHelp",
        "onStateChanged",
        "onEventRecorded",
        "onRecordsStale",
        "onPageRequested",
      ]
    `);
    expect(await status.evaluate('Object.isFrozen(window.sekisho)')).toBe(true);
  });

  it('keeps Node and Electron out of the page', async () => {
    const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__fakeElectronIpc', '__fakeElectronDeliver'];
    for (const name of names)
      expect([name, await status.evaluate(`typeof globalThis[${JSON.stringify(name)}]`)]).toEqual([name, 'undefined']);
  });

  it('lists all records with why and what to do', async () => {
    await status.getByRole('tab', { name: '自分の記録' }).click();
    await shows(status, '社員名簿2026.xlsx');
    await shows(status, '顧客の連絡先が含まれています。');
    await shows(status, '組織の PC で開けます');
    expect(await status.locator('li > time').count()).toBe(events.length);
    await status.locator('details').nth(2).locator('summary').click();
    await shows(status, '社員名簿2026.xlsx.age');
    await screenshot(status, 'records-ja');
  });

  it('shows a record the moment it is made, once', async () => {
    const [first] = events;
    if (first === undefined) throw new Error('no sample');
    agent.push('event.recorded', first);
    agent.push('event.recorded', { ...first, id: '0198d3c4-9999-7b52-9d0e-2f4c8a1b7e10', time: '2026-11-22T05:00:00.000Z' });
    await poll(async () => (await status.locator('li > time').count()) === events.length + 1, 'one more record');
    expect(await status.getByText('id_rsa をブロック').count()).toBe(2);
  });

  it.skipIf(real !== null)('changes language at once and remembers it', async () => {
    await clickMenu('language-en');
    await shows(status, 'All that Sekisho has recorded about you');
    await screenshot(status, 'records-en');
    await status.getByRole('tab', { name: 'Now' }).click();
    await shows(status, 'Protection is running');
    await shows(status, 'Personal data under APPI');
    await screenshot(status, 'status-en');
    expect(JSON.parse(readFileSync(join(app.home, 'config/app/preferences.json'), 'utf8'))).toEqual({ language: 'en' });
    await status.getByRole('tab', { name: 'About' }).click();
    await shows(status, 'What this app cannot do');
    await screenshot(status, 'about-en');
    await status.getByText('日本語').click();
    await shows(status, 'このアプリにできないこと');
  });

  it.skipIf(real !== null)('notifies of what happened to a file, why, and what next', async () => {
    agent.push('notification.raised', encryptedNotice());
    const notice = await poll(() => app.evaluate(({ recorder }) => recorder.notifications[0]), 'a notification');
    expect(notice).toEqual({
      title: '「社員名簿2026.xlsx」を暗号化しました',
      body: '暗号化しなければ持ち出せない内容が含まれています。そのままお使いいただけます。組織の PC で開けます。社外の相手に渡す場合は管理者に相談してください。',
    });
  });

  it.skipIf(real !== null)('asks for a reason and sends it', async () => {
    agent.push('notification.raised', heldNotice());
    const question = await app.page('#question');
    await watchPolicyViolations(question);
    await shows(question, '顧客一覧.csv');
    await shows(question, '顧客の連絡先が含まれています。');
    // It came up by itself, so it must not have taken the keyboard.
    expect(await poll(async () => (await windows()).find((window) => window.visible && !window.focused), 'the quiet window')).toBeTruthy();
    await question.getByRole('button', { name: '理由を送信して解除' }).click();
    await shows(question, '3 文字以上');
    await screenshot(question, 'question-ja');
    await question.getByLabel('理由').fill('顧客への見積送付。課長承認済み');
    await question.getByRole('button', { name: '理由を送信して解除' }).click();
    await shows(question, 'ファイルをメディアに戻しました');
    expect(agent.requests.filter(({ method }) => method === 'file.justify')).toEqual([
      { method: 'file.justify', params: { holdId: HOLD_ID, justification: '顧客への見積送付。課長承認済み' } },
    ]);
    await screenshot(question, 'question-done-ja');
    await question.getByRole('button', { name: '閉じる' }).click();
    await poll(async () => (await windows()).every((window, index) => index === 0 || !window.visible), 'the question window to hide');
  });

  it('says why a file could not be released, and asks no more about it', async () => {
    agent.refusals.set('file.justify', { code: 'DLP_QUARANTINE_MISSING', message: 'it is gone' });
    agent.push('notification.raised', { ...heldNotice(), holdId: '0198d3c4-7777-7b52-9d0e-2f4c8a1b7e10' });
    const question = await app.page('#question');
    await question.getByLabel('理由').fill('もう一度お願いします');
    await question.getByRole('button', { name: '理由を送信して解除' }).click();
    const alert = question.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('解除できませんでした');
    expect(await question.getByLabel('理由').count()).toBe(0);
    agent.refusals.clear();
    await screenshot(question, 'question-refused-ja');
    await question.getByRole('button', { name: '閉じる' }).click();
  });

  it('asks no more about a file that an administrator gave back', async () => {
    const holdId = '0198d3c4-5555-7b52-9d0e-2f4c8a1b7e10';
    agent.push('notification.raised', { ...heldNotice(), holdId });
    const question = await app.page('#question');
    await question.getByLabel('理由').waitFor();
    const data = { quarantineId: holdId, actor: { name: 'root', basis: 'process' as const }, file: { path: '顧客一覧.csv', bytes: 1 } };
    agent.push('event.recorded', {
      id: '0198d3c4-5556-7b52-9d0e-2f4c8a1b7e10',
      time: '2026-11-22T05:10:00.000Z',
      body: { type: 'quarantine.restored', severity: 'low', data },
    });
    await shows(question, '理由の入力待ちのファイルはありません');
    expect(await question.getByLabel('理由').count()).toBe(0);
    await question.getByRole('button', { name: '閉じる' }).click();
  });

  it('refuses a call that does not parse or is too large', async () => {
    const refused = { ok: false, error: { code: 'DLP_IPC_PARAMS', message: 'the request was not understood', retryable: false } };
    for (const params of ['{ limit: 0 }', '{ limit: 5, extra: 1 }', 'null', '{ limit: 5, before: "x".repeat(100_000) }'])
      expect(await status.evaluate(`window.sekisho.listEvents(${params})`)).toEqual(refused);
    expect(await status.evaluate('window.sekisho.openHelp({ id: "https://example.com/" })')).toEqual(refused);
  });

  it.skipIf(real !== null)('opens help by its id and nothing else', async () => {
    await status.evaluate('window.sekisho.openHelp({ id: "privacy-law" })');
    expect(await app.evaluate(({ recorder }) => recorder.opened)).toEqual(['https://www.ppc.go.jp/']);
  });

  it.skipIf(real !== null)('goes nowhere and opens no other window', async () => {
    const before = electronUrl(status);
    await status.evaluate('void window.open("https://example.com/popup")');
    await status.evaluate('location.href = "https://example.com/elsewhere"').catch(() => {});
    await poll(
      () => app.evaluate(({ recorder }) => recorder.deniedWindows.length > 0 && recorder.blockedNavigations.length > 0),
      'both refusals',
    );
    expect(await app.evaluate(({ recorder }) => [recorder.deniedWindows, recorder.blockedNavigations])).toEqual([
      ['https://example.com/popup'],
      ['https://example.com/elsewhere'],
    ]);
    expect([before, electronUrl(status)]).toEqual(['sekisho-app://tray/index.html#status', 'sekisho-app://tray/index.html#status']);
  });

  it.skipIf(real !== null)('lets a page reach no network and grants it no permission', async () => {
    expect(await app.evaluate(({ defaultSession }) => defaultSession.askFor('geolocation'))).toEqual({
      request: false,
      check: false,
      device: false,
    });
    expect(
      await app.evaluate(({ defaultSession }) =>
        ['https://example.com/a', 'file:///etc/passwd', 'sekisho-app://tray/x'].map((url) => defaultSession.isCancelled(url)),
      ),
    ).toEqual([true, true, false]);
  });

  it('needs nothing that its content policy forbids', async () => {
    const own = app.pages().filter((page) => electronUrl(page).startsWith('sekisho-app:'));
    expect(own).toHaveLength(2);
    for (const page of own) expect(await page.evaluate('window.policyViolations ?? []')).toEqual([]);
    // The watch works: an inline style is against the policy and is seen.
    await status.evaluate('document.head.appendChild(document.createElement("style")).textContent = "p { color: red }"');
    await poll(
      () => status.evaluate('window.policyViolations.some((what) => what.startsWith("style-src"))'),
      'a violation made on purpose',
    );
  });

  it.skipIf(real !== null)('hides on close and comes back from the tray', async () => {
    await app.evaluate(({ recorder }) => recorder.windows[0]?.close());
    expect((await windows())[0]).toEqual({ visible: false, focused: false });
    await clickMenu('open');
    expect((await windows())[0]).toEqual({ visible: true, focused: true });
  });

  it.skipIf(real !== null)('reports idle time where the agent asks for it', async () => {
    expect(agent.requests.filter(({ method }) => method === 'session.report-idle')).toEqual([]);
    await app.evaluate(({ electron }) => {
      electron.powerMonitor.idleSeconds = 42;
    });
    agent.push('status.changed', sampleStatus({ gaps: ['session-needs-tray'] }));
    const report = await poll(() => Promise.resolve(agent.requests.find(({ method }) => method === 'session.report-idle')), 'a report');
    expect(report.params).toEqual({ idleMillis: 42_000, locked: false });
    agent.push('screen.lock-warned', { inMillis: 30_000 });
    await poll(
      () => app.evaluate(({ recorder }) => recorder.notifications.some(({ title }) => title === '30 秒後に画面をロックします')),
      'the warning',
    );
  });

  it.skipIf(real !== null)('says when the agent is gone, what that means, and finds it again', async () => {
    await agent.stop();
    await status.getByRole('tab', { name: '現在の状態' }).click();
    await shows(status, 'エージェントが動作していません');
    await shows(status, 'リムーバブルメディアへコピーしないでください');
    expect(await status.getByText('営業部USB').count()).toBe(0);
    expect(await app.evaluate(({ recorder }) => recorder.tray?.image)).toBe('gate-open.png');
    await screenshot(status, 'agent-gone-ja');
    await agent.start();
    await shows(status, '営業部USB');
  });

  it.skipIf(!asRoot)('refuses to speak to a socket that is not the agent’s', async () => {
    await agent.stop();
    const hellos = agent.hellos.length;
    await agent.start(1234);
    await shows(status, '本物のエージェントではありません');
    expect(agent.hellos.length).toBe(hellos);
    await agent.stop();
    await agent.start(NOBODY);
    await shows(status, '練習モード');
    await screenshot(status, 'practice-ja');
  });

  it.skipIf(real !== null)('runs once: a second start gives up', async () => {
    const second = spawnSync(process.execPath, [join(ROOT, 'test/fakes/electron/child.ts'), MAIN], {
      env: { ...process.env, HOME: app.home, FAKE_ELECTRON_HOME: app.home, SEKISHO_ENDPOINT: agent.path },
      ...(uid === undefined ? {} : { uid, gid: uid }),
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect([second.status, second.stderr]).toEqual([0, '']);
  });

  it.skipIf(real !== null)('did nothing that Electron would complain about', async () => {
    expect(await app.evaluate(({ recorder }) => recorder.unexpected)).toEqual([]);
    const preferences = await app.evaluate(({ recorder }) => recorder.windows.map((window) => window.options.webPreferences));
    for (const each of preferences) {
      expect(each).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
    }
  });
});

describe.skipIf(missing !== null || real !== null).each([
  ['are no JSON', '{ "language": '],
  ['hold what they should not', '{ "language": "fr", "protection": "off" }'],
])('the tray whose preferences %s', (_how, text) => {
  it.skipIf(real !== null)('starts in the system’s language', async () => {
    const app = await launchFake({
      main: MAIN,
      uid,
      environment: { SEKISHO_ENDPOINT: '/nowhere/agent.sock', FAKE_ELECTRON_LANGUAGE: 'en-GB' },
      prepare: (home) => {
        mkdirSync(join(home, 'config/app'), { recursive: true });
        writeFileSync(join(home, 'config/app/preferences.json'), text);
      },
    });
    const tip = await poll(
      () => app.evaluate(({ recorder }) => recorder.tray?.toolTip.includes('not running') && recorder.tray.toolTip),
      'the icon',
    );
    expect(tip).toBe('Sekisho: The agent is not running');
    await app.close();
  });
});

describe.skipIf(!asRoot || missing !== null)('the tray started as root', () => {
  it('refuses and says why', async () => {
    const app = await launchFake({ main: MAIN, environment: { FAKE_ELECTRON_LANGUAGE: 'en-GB' } });
    const code = await new Promise((resolve) => app.process.once('exit', resolve));
    expect(code).toBe(1);
    expect(app.output()).toContain('must not run as root');
    await app.close();
  });
});
