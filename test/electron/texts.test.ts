import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Model } from '../../electron/main/model.ts';
import { NoticeGroups } from '../../electron/main/notice-groups.ts';
import { groupText, noticeText } from '../../electron/main/notice-text.ts';
import { menuTemplate, type TrayActions } from '../../electron/main/tray.ts';
import { connection, type TrayState } from '../../electron/ipc/calls.ts';
import type { Language } from '../../src/contracts/ids.ts';
import { type Notification, notification } from '../../src/contracts/ipc.ts';
import { createI18n, type Translate, translator } from '../../src/i18n/create-i18n.ts';
import { resources } from '../../src/i18n/resources.ts';
import { PLATFORM_GAPS } from '../../src/platform/types.ts';
import { encryptedNotice, heldNotice, HOLD_ID } from './samples.ts';

vi.mock('electron', () => ({ Menu: {}, nativeImage: {}, Tray: {} }));

const translate: Readonly<Record<Language, Translate>> = { ja: translator(createI18n('ja')), en: translator(createI18n('en')) };
const newModel = (changed: (state: TrayState) => void = () => {}): Model =>
  new Model({ language: 'ja', version: '0.1.0', now: () => new Date('2026-11-22T04:00:00Z'), changed });

const KINDS = notification.shape.action.options.flatMap((option) => ('options' in option ? option.options : [...option.values]));

describe('the words of a notification', () => {
  it.each(KINDS)('say of %s what happened, why, and what next, in both languages', (action) => {
    for (const language of ['ja', 'en'] as const) {
      const notice: Notification = { ...encryptedNotice(), action };
      const { title, body } = noticeText(notice, language, translate[language]);
      expect(title).toContain(action === 'device-blocked' ? '営業部USB' : '社員名簿2026.xlsx');
      expect(body.length).toBeGreaterThan(10);
      expect(title + body).not.toMatch(/tray:|\{\{|undefined/);
    }
  });

  it('are the rule’s own where it has any', () => {
    expect(noticeText(heldNotice(), 'en', translate.en)).toEqual({
      title: '“顧客一覧.csv” is held until you give a reason',
      body: 'It holds customers’ contact data. Say why you need it there; the file is then released. Until then it is kept safe on this PC.',
    });
  });

  it('are the rule’s alone where it says what to do', () => {
    const message = { ja: '暗号化しました。', en: 'It was encrypted; open it on any PC of ours.' };
    expect(noticeText({ ...encryptedNotice(), message }, 'en', translate.en).body).toBe(message.en);
  });

  it('do without a name where there is none', () => {
    const { file: _file, volume: _volume, ...nameless } = encryptedNotice();
    expect(noticeText(nameless, 'ja', translate.ja).title).toBe('「ファイル」を暗号化しました');
    expect(noticeText({ ...nameless, action: 'device-blocked' }, 'en', translate.en).title).toBe('“This medium” may not be used here');
  });
});

describe('notifications in a row', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are gathered after the first, by kind, and each is told once', () => {
    const shown: number[] = [];
    const groups = new NoticeGroups((notices) => shown.push(notices.length));
    for (let index = 0; index < 1000; index += 1) groups.add(encryptedNotice());
    groups.add(heldNotice());
    expect(shown).toEqual([1, 1]);
    vi.advanceTimersByTime(4000);
    expect(shown).toEqual([1, 1, 999]);
    vi.advanceTimersByTime(4000);
    groups.add(encryptedNotice());
    expect(shown).toEqual([1, 1, 999, 1]);
  });

  it.each(KINDS)('say of several %s how many and which', (action) => {
    const notices = ['a', 'b', 'c', 'd'].map((file) => ({ ...encryptedNotice(), action, file, volume: file }));
    for (const language of ['ja', 'en'] as const) {
      const { title, body } = groupText(notices, language, translate[language]);
      expect(title).toContain('4');
      expect(body).toBe(language === 'ja' ? 'a、b、c、ほか 1 件' : 'a, b, c, and 1 more');
    }
    expect(groupText([encryptedNotice()], 'en', translate.en)).toEqual(noticeText(encryptedNotice(), 'en', translate.en));
  });
});

describe('the menu', () => {
  const chosen: string[] = [];
  const actions: TrayActions = {
    openPage: (page) => chosen.push(`page ${page}`),
    openQuestions: () => chosen.push('questions'),
    chooseLanguage: (language) => chosen.push(`language ${language}`),
  };
  const press = (item: { click?: unknown } | undefined): void => (item?.click as (() => void) | undefined)?.();

  it('has no entry that ends, pauses or weakens anything', () => {
    const state: TrayState = { ...newModel().state, practice: true };
    const items = menuTemplate(state, [encryptedNotice(), heldNotice()], translate.en, actions);
    const flat = items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? item.submenu : [])]);
    expect(flat.filter(({ role }) => role !== undefined)).toEqual([]);
    for (const { label } of flat) expect(label ?? '').not.toMatch(/quit|exit|stop|pause|disable|off\b/i);
    for (const item of flat) press(item);
    expect(new Set(chosen)).toEqual(new Set(['page status', 'page records', 'page about', 'questions', 'language ja', 'language en']));
  });

  it('counts the open questions and keeps a file’s & a letter', () => {
    const model = newModel();
    model.addNotice({ ...heldNotice(), file: 'R&D.csv' });
    const items = menuTemplate(model.state, model.notices, translate.en, actions);
    expect(items.find(({ id }) => id === 'questions')?.label).toBe('1 file needs a reason');
    const recent = items.find(({ id }) => id === 'recent')?.submenu;
    expect(Array.isArray(recent) ? recent[0]?.label : '').toContain('R&&D.csv');
  });

  it('has words for every state of the connection', () => {
    for (const state of connection.options)
      for (const language of ['ja', 'en'] as const)
        expect(Object.keys(resources[language].tray)).toEqual(
          expect.arrayContaining([`connection.${state}`, `connection.${state}-meaning`]),
        );
  });
});

describe('the model', () => {
  it('forgets the status with the agent, and says since when', () => {
    const model = newModel();
    model.setConnection('connected', false);
    model.setStatus({ host: 'PC' } as never);
    model.setConnection('not-running', false);
    expect(model.state).toMatchObject({ connection: 'not-running', status: null, since: '2026-11-22T04:00:00.000Z' });
  });

  it('tells of changes, and not of none', () => {
    const changes: string[] = [];
    const model = newModel((state) => changes.push(state.connection));
    model.setConnection('not-running', false);
    model.setConnection('not-running', false);
    model.setConnection('connected', true);
    expect(changes).toEqual(['not-running', 'connected']);
  });

  it('keeps a question until it is answered, and ten notices', () => {
    const model = newModel();
    model.addNotice(heldNotice());
    for (let index = 0; index < 20; index += 1) model.addNotice(encryptedNotice());
    expect([model.state.questions.map(({ holdId }) => holdId), model.notices.length]).toEqual([[HOLD_ID], 10]);
    model.removeQuestion(HOLD_ID);
    expect(model.state.questions).toEqual([]);
  });
});

describe('the gaps', () => {
  it.each(PLATFORM_GAPS)('say %s in words', (gap) => {
    expect(Object.keys(resources.en.tray)).toContain(`gap.${gap}`);
    expect(Object.keys(resources.ja.tray)).toContain(`gap.${gap}`);
  });
});
