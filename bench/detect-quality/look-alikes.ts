import * as numbers from './numbers.ts';
import type { Form } from './positives.ts';
import type { Random } from './random.ts';

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const uuid = (random: Random): string =>
  [8, 4, 4, 4]
    .map((length) => random.characters(HEX, length))
    .concat(random.digits(12))
    .join('-');

/** Nothing here is anybody's; each kind wears the form of something that is. Words around them are those of daily work. */
export const LOOK_ALIKES: Readonly<Record<string, readonly Form[]>> = {
  'order number': [
    (random) => `注文番号 ${numbers.myNumber(random)}`,
    (random) => `受注番号：${numbers.driversLicense(random)} の件`,
    (random) => `Order No. ${random.digits(12)} shipped`,
    (random) => `ご注文番号は ${random.digits(3)}-${random.digits(7)}-${random.digits(7)} です。`,
    (random) => `伝票番号 ${random.digits(4)}-${random.digits(4)}-${random.digits(4)} で追跡できます`,
    (random) => `お問い合わせ番号：${numbers.myNumber(random)}`,
    (random) => `受付ID ${numbers.myNumber(random)}`,
  ],
  timestamp: [
    (random) => `バックアップ 2026${two(random, 12)}${two(random, 28)}${two(random, 23)}${two(random, 59)} 完了`,
    (random) => `ts=17${random.digits(11)} level=info`,
    (random) => `2026-${two(random, 12)}-${two(random, 28)}T09:15:${two(random, 59)}.${random.digits(6)}Z start`,
    (random) => `log_2026${two(random, 12)}${two(random, 28)}_${random.digits(6)}.txt`,
  ],
  uuid: [(random) => uuid(random), (random) => `request_id: ${uuid(random)}`, (random) => `マイナンバー連携ID ${uuid(random)}`],
  'JAN and ISBN': [
    (random) => `JANコード ${numbers.ean13(random, '49')}`,
    (random) => `ISBN ${numbers.ean13(random, '9784')}`,
    (random) => `${numbers.ean13(random, '45')} 緑茶 500ml 24本`,
    (random) => `ISBN978-4-${random.digits(4)}-${random.digits(4)}-${random.digits(1)}`,
  ],
  hash: [
    (random) => `sha256:${random.characters(HEX, 64)}`,
    (random) => `commit ${random.characters(HEX, 40)}`,
    (random) => `md5 ${random.characters(HEX, 8)}${random.digits(12)}${random.characters(HEX, 12)}`,
    (random) => `integrity sha512-${random.characters(`${UPPER}abcdef0123456789+/`, 86)}==`,
  ],
  'internal address': [
    (random) => `server ip 192.168.${random.integer(0, 255)}.${random.integer(1, 254)}`,
    (random) => `host 10.${random.integer(0, 255)}.0.${random.integer(1, 254)}`,
    () => 'client 127.0.0.1',
    () => 'IPアドレス fe80::1ff:fe23:4567:890a',
    () => 'IP address 2001:db8::1',
  ],
  version: [
    (random) => `server version ${random.integer(1, 9)}.${random.integer(0, 20)}.${random.integer(0, 9)}.${random.integer(1, 250)}`,
    () => 'Mozilla/5.0 (X11) Chrome/126.0.6478.62 Safari/537.36 client',
    (random) => `ファームウェア v${random.integer(1, 9)}.2.14.${random.integer(1, 99)} を配信サーバー host に置く`,
    () => 'react@18.2.0 と vite@5.4.11',
  ],
  'part number': [
    (random) => `型番 ${random.characters(UPPER, 2)}${random.digits(7)}`,
    (random) => `部品 ${random.characters(UPPER, 2)}${random.digits(8)}${random.characters(UPPER, 2)}`,
    (random) => `品番 ${random.digits(4)}-${random.digits(6)} 在庫 12`,
    (random) => `S/N ${random.digits(3)}-${random.digits(2)}-${random.digits(4)}`,
    (random) => `資産番号 ${random.digits(7)}`,
  ],
  'example credential': [
    () => 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
    () => 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    () => `GITHUB_TOKEN=ghp_${'x'.repeat(36)}`,
    () => 'SLACK_TOKEN=xoxb-your-bot-token-goes-here',
    () => 'password: ${DB_PASSWORD}',
    () => 'password = os.environ["PASSWORD"]',
    () => '"password": "パスワードを入力してください"',
    () => 'password: "Enter your password"',
    () => 'const password: string = form.password;',
    () => 'パスワードは別途お送りします。',
    () => '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----',
    () => '<password>password</password>',
    () => 'postgres://user:password@localhost:5432/app',
    () => 'password: "my-secret-password"',
    () => 'curl localhost:8080/login?user=admin&password=Abcd1234!',
    () => 'machine example.com login daniel password abcd1234',
    () => 'const pass = !this.result.errors || this.result.errors.length === 0;',
    () => 'set_password(dbPassword=dbPassword@entry=0x7f3300)',
    () => 'password: cGFzc3dvcmQ=',
  ],
  'test card': [
    () => 'card number 4111 1111 1111 1111',
    () => 'カード番号 4242424242424242',
    () => 'Amex 378282246310005',
    () => 'card number 5555 5555 5555 4444',
    () => 'クレジットカード 0000-0000-0000-0000',
  ],
  'account of documentation': [
    () => 'IBAN: DE89 3704 0044 0532 0130 00',
    () => 'iban("NO9386011117947")',
    () => 'SSN: 123-45-6789',
    () => 'ssn : 111-22-3333',
  ],
  'schema of a name': [
    () => 'type User { firstName: String, lastName: String }',
    () => '"firstName": "First name", "lastName": "Last name"',
    () => '<th>氏名</th><th>住所</th>',
    () => '"氏名": "未記入"',
  ],
  'like a telephone': [
    (random) => `管理No. ${random.digits(3)}-${random.digits(4)}-${random.digits(4)}-${random.digits(2)}`,
    (random) => `伝票 ${random.integer(1, 9)}${random.digits(2)}-${random.digits(4)}-${random.digits(4)}`,
    (random) => `図面番号 01-${random.digits(4)}-${random.digits(4)}`,
    (random) => `座標 0.${random.digits(10)}`,
    () => '営業時間 0900-1800、定休日 0503',
    (random) => `ロット 09${random.digits(9)}X`,
  ],
  'corporate number': [
    (random) => `法人番号 ${numbers.corporateNumber(random)} は公表されています`,
    (random) => `登録番号 T${numbers.corporateNumber(random)}`,
  ],
  'place or company': [
    () => '山口県庁の田中商店と鈴木建設、清水寺の近く',
    () => '千葉 市川 船橋 松戸の各店で販売中',
    () => '石川県金沢市で開催された大会に参加',
    () => '森林組合と中央病院、上野 公園口',
    () => '高橋工業株式会社 山本製作所 様',
    () => '原因 不明、関 連部署、林 業センター',
    () => '東京都内で1-2時間、第3回の予定',
    () => '神奈川県横浜市の人口は約370万人',
    () => '市場価格 1-2%上昇、都市ガス 3-4月分',
    () => '氏名：未記入　住所：同上',
    () => '第1章 山田線の歴史、福島 第一',
  ],
  'other date': [
    (random) => `登録日 2026年${random.integer(1, 12)}月${random.integer(1, 28)}日`,
    (random) => `更新日：令和8年${random.integer(1, 12)}月${random.integer(1, 28)}日 生年月日は未入力`,
    () => '創立 昭和55年4月1日',
    () => '2026年4月1日に新しく生まれ変わります',
  ],
  'amount and count': [
    (random) => `合計 ${random.integer(1, 9)},${random.digits(3)},${random.digits(3)}円（振込先は別紙）`,
    (random) => `${random.digits(12)}円`,
    (random) => `売上 ${random.integer(1000000, 9999999)} 千円`,
  ],
  'reserved or machine mail': [
    () => 'user@example.com',
    () => 'noreply@github.com',
    () => 'git@github.com:org/repo.git',
    () => 'icon@2x.png',
    () => 'root@localhost',
  ],
  'word like a stamp': [
    () => '秘書課からのお知らせ',
    () => 'We keep confidential information about our partners in a safe place at all times.',
    () => '秘密の花園という本',
    () => 'fix typo, keep the flag for internal use only',
    () => '=head2 clear\n\n(internal use only)',
    () => '"secret": "㊙", "beginner": "🔰", "castle": "🏯"',
  ],
};

function two(random: Random, max: number): string {
  return String(random.integer(1, max)).padStart(2, '0');
}
