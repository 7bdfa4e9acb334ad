import { describe, expect, it } from 'vitest';
import { detectRows, detectText, findingOf, summary } from './detect-text.ts';

const BASE64_LINES = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n';
const NEVER_ISSUED = 'AKIAZ5XQ7R2NVK3TW6PM';

describe('e-mail', () => {
  it.each(['taro.yamada@kaisha.co.jp', 'a+b_c@sub.domain.jp', '<x@y.museum>', '連絡先:ＴＡＲＯ＠ＫＡＩＳＨＡ．ＣＯ．ＪＰ'])(
    'finds %s',
    (text) => expect(findingOf(detectText(text), 'email')).toMatchObject({ confidence: 'high', distinct: 1 }),
  );
  it.each(['@handle', 'a@b', 'icon@2x.png', 'react@18.2.0', 'x@.jp', 'git@github.com:a/b'])('refuses %s', (text) =>
    expect(summary(detectText(text)).filter((line) => !line.includes(':low:'))).toEqual([]),
  );
  it('holds reserved domains for examples', () => expect(summary(detectText('user@example.com'))).toEqual(['email:low:1']));
});

describe('secrets', () => {
  it.each([
    ['a PEM key', `-----BEGIN RSA PRIVATE KEY-----\n${BASE64_LINES}`, 'secret.private-key:high:1'],
    ['an OpenSSH key in JSON', `"-----BEGIN OPENSSH PRIVATE KEY-----\\n${BASE64_LINES}"`, 'secret.private-key:high:1'],
    ['the words alone', 'look for -----BEGIN PRIVATE KEY----- in files', 'secret.private-key:low:1'],
    ['an AWS key id', `key=${NEVER_ISSUED}`, 'secret.aws:high:1'],
    ['the AWS example', 'AKIAIOSFODNN7EXAMPLE', 'secret.aws:low:1'],
    ['an AWS secret', 'aws_secret_access_key = "abcdEFGHijklMNOPqrstUVWXyz0123456789+/ab"', 'secret.aws:high:1'],
    ['a GitHub token', `ghp_${'a1B2c3D4e5F6'.repeat(3)}`, 'secret.github:high:1'],
    ['a Google key', `AIza${'SyD4-xYz0_1'.repeat(3)}ab`, 'secret.google:high:1'],
    ['a Slack token', 'xoxb-123456789012-abcdefghijklmnop', 'secret.slack:high:1'],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'abcdefghij'.repeat(4)}`, 'secret.jwt:high:1'],
    ['a password', 'password = "hunter2x"', 'secret.password:medium:1'],
    ['a Japanese password', 'パスワード:abc12345', 'secret.password:medium:1'],
  ])('finds %s', (_, text, expected) => expect(summary(detectText(text))).toContain(expected));

  it.each([
    '-----BEGIN PUBLIC KEY-----',
    '-----BEGIN CERTIFICATE-----',
    'AKIASHORT',
    'password = process.env.PASSWORD',
    'password: ${DB_PASSWORD}',
    'パスワード:別途お知らせします',
    'getPassword()',
  ])('refuses %s', (text) => expect(summary(detectText(text)).filter((line) => line.startsWith('secret.'))).toEqual([]));
});

describe('confidentiality stamps', () => {
  it.each([
    ['【社外秘】', 'high'],
    ['㊙', 'high'],
    ['マル秘', 'high'],
    ['CONFIDENTIAL', 'high'],
    ['Strictly Confidential', 'high'],
    ['取扱注意', 'high'],
    ['この資料は社外秘の内容をふくむため、社外への持ち出しにはかならず部門長の許可を得てください。', 'medium'],
    ['We keep confidential information about our partners in a safe place at all times.', 'low'],
  ])('%s', (text, confidence) => expect(findingOf(detectText(text), 'keyword.confidential')?.confidence).toBe(confidence));

  it.each(['秘書課', '秘密の花園', 'confidentiality agreement', '注意事項'])('leaves %s alone', (text) =>
    expect(summary(detectText(text))).toEqual([]),
  );
});

describe('names and addresses', () => {
  it('finds names under a heading, behind a label and before 様', () => {
    expect(
      summary(
        detectRows([
          ['氏名', '部署'],
          ['綾小路 公麿', '営業'],
        ]),
      ),
    ).toEqual(['jp.person-name:high:1']);
    expect(summary(detectText('氏名:綾小路 公麿'))).toEqual(['jp.person-name:high:1']);
    expect(summary(detectText('田中太郎様、いつもありがとうございます。'))).toEqual(['jp.person-name:medium:1']);
    expect(summary(detectText('田中様式の書類を森林組合へ'))).toEqual([]);
  });

  it('tells a door from a town', () => {
    expect(summary(detectText('住所 東京都千代田区霞が関1-2-3'))).toEqual(['jp.address:high:1']);
    expect(summary(detectText('神奈川県横浜市で開催'))).toEqual(['jp.address:low:1']);
  });
});

describe('tokens longer than what is read around them', () => {
  const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');
  const claims = (length: number): string => `eyJzdWIiOiI${'Q'.repeat(length - 11)}`;

  it.each([40, 690, 700, 990, 1000, 1005, 1010, 1015, 1020, 1025, 1100, 4000])('are found with claims of %d characters', (length) => {
    const text = `Authorization: Bearer ${header}.${claims(length)}.${'s'.repeat(43)}`;
    expect(summary(detectText(text))).toEqual(['secret.jwt:high:1']);
  });
});
