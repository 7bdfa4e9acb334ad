import { describe, expect, it } from 'vitest';
import { createI18n, preferredLanguage, translator } from '../../src/i18n/create-i18n.ts';
import { NAMESPACES, resources } from '../../src/i18n/resources.ts';

const PLURAL = /_(?:zero|one|two|few|many|other)$/;

const keysOf = (catalogue: object): string[] => [...new Set(Object.keys(catalogue).map((key) => key.replace(PLURAL, '')))].toSorted();

/** Placeholders of a key, over its plural forms. */
function placeholders(catalogue: Readonly<Record<string, string>>, key: string): string[] {
  const texts = Object.entries(catalogue).filter(([name]) => name === key || name.replace(PLURAL, '') === key);
  return [...new Set(texts.flatMap(([, text]) => [...text.matchAll(/\{\{\s*([^},\s]+)/g)].map((match) => match[1] ?? '')))].toSorted();
}

describe.each(NAMESPACES)('namespace %s', (namespace) => {
  const english: Readonly<Record<string, string>> = resources.en[namespace];
  const japanese: Readonly<Record<string, string>> = resources.ja[namespace];

  it('has the same keys in both languages', () => {
    expect(keysOf(japanese)).toEqual(keysOf(english));
  });

  it('has the same placeholders in both languages', () => {
    for (const key of keysOf(english))
      expect({ key, names: placeholders(japanese, key) }).toEqual({ key, names: placeholders(english, key) });
  });

  it('leaves no text empty and every plural complete', () => {
    for (const text of [...Object.values(english), ...Object.values(japanese)]) expect(text.trim()).not.toBe('');
    for (const key of Object.keys(english).filter((name) => name.endsWith('_one'))) {
      expect(Object.keys(english)).toContain(key.replace(/_one$/, '_other'));
      expect(Object.keys(japanese)).toContain(key.replace(/_one$/, '_other'));
    }
  });
});

describe('createI18n', () => {
  it('is ready at once and speaks the language asked for', () => {
    expect(createI18n('ja').t('action.retry')).toBe('再試行');
    expect(translator(createI18n('en'))('common:action.retry')).toBe('Try again');
  });

  it('changes language without touching another instance', async () => {
    const tray = createI18n('ja');
    const page = createI18n('ja');
    await page.changeLanguage('en');
    expect([translator(tray)('action.close'), translator(page)('action.close')]).toEqual(['閉じる', 'Close']);
  });

  it('shows values as they are: React and the OS escape, not the catalogue', () => {
    expect(createI18n('en').t('persons.range', { from: '<b>', to: '&' })).toBe('<b> to & persons');
  });
});

describe('preferredLanguage', () => {
  it.each([
    [['ja-JP', 'en'], 'ja'],
    [['fr-FR', 'ja'], 'ja'],
    [['en-GB', 'ja'], 'en'],
    [['jam', 'de'], 'en'],
    [[], 'en'],
  ])('%j gives %s', (wishes, language) => {
    expect(preferredLanguage(wishes)).toBe(language);
  });
});
