import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../src/contracts/event.ts';
import { createI18n, translator } from '../../src/i18n/create-i18n.ts';
import { eventHeadline, ruleMessage } from '../../src/ui/event-headline.ts';
import { createFormatter } from '../../src/ui/format.ts';
import { storedEvents } from '../e2e/console-fixtures.ts';

const speak = (language: 'ja' | 'en') => ({ t: translator(createI18n(language)), format: createFormatter(language) });
const ja = speak('ja');
const en = speak('en');

const bodies = storedEvents(Date.parse('2026-11-22T03:00:00.000Z'), 0).map((stored) => stored.event.body);
const bodyOf = (type: string): EventBody => {
  const found = bodies.find((body) => body.type === type);
  if (found === undefined) throw new Error(`no fixture of ${type}`);
  return found;
};

describe('eventHeadline', () => {
  it.each([
    ['file.blocked', '扶養控除申告書_2026.xlsx was blocked', '扶養控除申告書_2026.xlsx をブロック'],
    ['file.enforcement-failed', '2026-118_秘密保持.docx could not be protected', '2026-118_秘密保持.docx を保護できません'],
    ['device.attached', 'ELECOM MF-ENU3A was connected', 'ELECOM MF-ENU3A を接続'],
    ['volume.mounted', '営業資料 was mounted: guarded', '営業資料 をマウント（監視）'],
    ['screen.locked', 'The screen was locked after 10 minutes', '10分の無操作で画面をロック'],
    ['policy.applied', 'Policy appi-personal-data v12 is in force', 'ポリシー appi-personal-data v12 を適用'],
  ])('says %s in both languages', (type, english, japanese) => {
    expect(eventHeadline(bodyOf(type), en.t, en.format)).toBe(english);
    expect(eventHeadline(bodyOf(type), ja.t, ja.format)).toBe(japanese);
  });

  it('leaves no placeholder open in any fixture', () => {
    for (const body of bodies) {
      for (const { t, format } of [ja, en]) expect(eventHeadline(body, t, format)).not.toMatch(/\{\{|headline\./);
    }
  });

  it('shows a type it does not know', () => {
    const body = { type: 'print.blocked', severity: 'high', data: {}, unknown: true } as const;
    expect(eventHeadline(body, en.t, en.format)).toBe('Other event (print.blocked)');
  });
});

describe('ruleMessage', () => {
  it("speaks the reader's language and is null where no rule spoke", () => {
    expect(ruleMessage(bodyOf('file.blocked'), ja.t)).toMatch(/^マイナンバーを含む/);
    expect(ruleMessage(bodyOf('file.blocked'), en.t)).toMatch(/^Files with My Numbers/);
    expect(ruleMessage(bodyOf('file.allowed'), en.t)).toBeNull();
    expect(ruleMessage(bodyOf('agent.started'), en.t)).toBeNull();
  });
});
