import { describe, expect, it } from 'vitest';
import { detectText, findingOf } from '../detect-text.ts';

/** Ways of writing of JIS letters, cards and signatures; the numbers are made up. */
describe('telephones as they are written', () => {
  it.each([
    '☎ 03-1234-5678',
    '☎０３－１２３４－５６７８',
    '℡03(1234)5678',
    '📞090-1234-5678',
    '（０３）１２３４－５６７８',
    '電話 （０３）１２３４－５６７８（内線１２３４）',
    '０３（１２３４）５６７８',
    '03-1234-5678 内線 123',
    '03-1234-5678(内線123)',
    '03-1234-5678内線123',
    '03-1234-5678（代）',
    'TEL 03-1234-5678 ext. 123',
    '<tel>0312345678</tel>',
    '"phone": "09012345678"',
  ])('%s is one, without its extension', (text) => {
    const found = findingOf(detectText(text), 'jp.phone');
    expect(found).toMatchObject({ distinct: 1, count: 1 });
    expect(['high', 'medium']).toContain(found?.confidence);
    expect(found?.samples[0]).toMatch(/(?:78)$/);
  });
  it.each(['図（０３）１２３４－５６', '内線 1234', '☎ 別紙のとおり', '(内線 03)1234'])('%s is none', (text) =>
    expect(findingOf(detectText(text), 'jp.phone')).toBeUndefined(),
  );
});
