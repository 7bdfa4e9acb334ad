import { address, fullWidth } from './places.ts';
import { name } from './names.ts';
import * as numbers from './numbers.ts';
import type { Random } from './random.ts';

/** One value in one of the ways people write it, with nothing else of interest beside it. */
export type Form = (random: Random) => string;

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALPHANUMERIC = `${UPPER}abcdefghijklmnopqrstuvwxyz0123456789`;
const BASE64_URL = `${ALPHANUMERIC}-_`;
const grouped = (digits: string, separator: string): string => digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
const base64Url = (text: string): string => Buffer.from(text).toString('base64url');
const token = (random: Random, length: number, alphabet = ALPHANUMERIC): string => random.characters(alphabet, length);

const EMAIL_LOCALS: readonly Form[] = [
  (random) => `${name(random).givenLatin}.${name(random).familyLatin}`.toLowerCase(),
  (random) => `${name(random).familyLatin.toLowerCase()}${random.digits(3)}`,
  (random) => `${name(random).givenLatin.toLowerCase()}+${token(random, 4, 'abcdef')}`,
  (random) => `${name(random).givenLatin[0] ?? 'a'}_${name(random).familyLatin}`,
];
const DOMAINS = [
  'kaisha.co.jp',
  'mail.shisetsu.or.jp',
  'gakuen.ac.jp',
  'gmail.com',
  'docomo.ne.jp',
  'city.mihon.lg.jp',
  'kikai-seisaku.jp',
  'xn--wgv71a119e.jp',
];
export const emailAddress: Form = (random) => `${random.pick(EMAIL_LOCALS)(random)}@${random.pick(DOMAINS)}`;

const ERAS = [
  ['明治', 'M', '明'],
  ['大正', 'T', '大'],
  ['昭和', 'S', '昭'],
  ['平成', 'H', '平'],
] as const;
const KANJI_NUMBERS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

export const birthDate: Form = (random) => {
  const [year, month, day] = [random.integer(1940, 2015), random.integer(1, 12), random.integer(1, 28)];
  const two = (value: number): string => String(value).padStart(2, '0');
  const [era, letter, character] = random.pick(ERAS.slice(2));
  const eraYear = era === '昭和' ? random.integer(10, 63) : random.integer(1, 31);
  const monthName = MONTHS[month - 1] ?? '';
  return random.pick([
    `${year}/${month}/${day}`,
    `${year}-${two(month)}-${two(day)}`,
    `${year}年${month}月${day}日`,
    `${era}${eraYear}年${month}月${day}日`,
    fullWidth(`${era}${eraYear}年${month}月${day}日`),
    `${letter}${eraYear}.${month}.${day}`,
    `${letter}${two(eraYear)}/${two(month)}/${two(day)}`,
    `${character}${eraYear}.${month}.${day}`,
    `${era} ${eraYear} 年 ${month} 月 ${day} 日`,
    `${year}.${month}.${day}`,
    `${year}${two(month)}${two(day)}`,
    `${monthName} ${day}, ${year}`,
    `${day} ${monthName.slice(0, 3)} ${year}`,
    `昭和五十${KANJI_NUMBERS[random.integer(1, 9)]}年${KANJI_NUMBERS[month]}月${KANJI_NUMBERS[random.integer(1, 10)]}日`,
  ]);
};

const spelled = (random: Random, phone: string): string => {
  const [area = '', exchange = '', line = ''] = phone.split('-');
  return random.pick([
    phone,
    phone,
    fullWidth(phone),
    phone.replaceAll('-', '‐'),
    phone.replaceAll('-', '−'),
    phone.replaceAll('-', ' '),
    `${area}(${exchange})${line}`,
    `(${area})${exchange}-${line}`,
    `+81-${area.slice(1)}-${exchange}-${line}`,
    `+81 (0)${area.slice(1)}-${exchange}-${line}`,
    `+81${area.slice(1)}${exchange}${line}`,
    `${area}.${exchange}.${line}`,
    phone.replaceAll('-', ''),
    `${area}－${exchange}－${line}`,
  ]);
};

export const phoneNumber: Form = (random) => spelled(random, random.chance(0.5) ? numbers.mobile(random) : numbers.landline(random));

const twelve = (random: Random, digits: string): string =>
  random.pick([
    digits,
    digits,
    grouped(digits, '-'),
    grouped(digits, ' '),
    grouped(digits, '　'),
    fullWidth(digits),
    fullWidth(grouped(digits, '-')),
    grouped(digits, '‐'),
    grouped(digits, '―'),
  ]);

export const POSITIVES: Readonly<Record<string, readonly Form[]>> = {
  'jp.my-number': [
    (random) => `個人番号：${twelve(random, numbers.myNumber(random))}`,
    (random) => `マイナンバー ${twelve(random, numbers.myNumber(random))}`,
    (random) => `マイナンバーは${twelve(random, numbers.myNumber(random))}です。`,
    (random) => `My Number: ${twelve(random, numbers.myNumber(random))}`,
    (random) => `個人番号\n${twelve(random, numbers.myNumber(random))}`,
    (random) => `個人番号(マイナンバー) ${Array.from(numbers.myNumber(random)).join(' ')}`,
    (random) => `個人番号 ${grouped(numbers.myNumber(random), '-').replace(/-(\d{4})$/, '-\n$1')}`,
    (random) => `通知カードに記載の番号 ${twelve(random, numbers.myNumber(random))}（本人）`,
    (random) => `<個人番号>${numbers.myNumber(random)}</個人番号>`,
    (random) => `"individual_number": "${numbers.myNumber(random)}"`,
  ],
  'jp.corporate-number': [
    (random) => `法人番号：${numbers.corporateNumber(random)}`,
    (random) => `登録番号 T${numbers.corporateNumber(random)}`,
    (random) => `適格請求書発行事業者登録番号：Ｔ${fullWidth(numbers.corporateNumber(random))}`,
    (random) => `Corporate Number ${numbers.corporateNumber(random)}`,
    (random) => `法人番号 ${numbers.corporateNumber(random).replace(/^(\d)(\d{4})(\d{4})/, '$1-$2-$3-')}`,
  ],
  'jp.drivers-license': [
    (random) => `運転免許証番号 ${twelve(random, numbers.driversLicense(random))}`,
    (random) => `免許証の番号 第 ${numbers.driversLicense(random)} 号`,
    (random) => `免許証番号：第${fullWidth(numbers.driversLicense(random))}号`,
    (random) => `Driver's license number: ${numbers.driversLicense(random)}`,
    (random) => `本人確認書類（運転免許証）\n番号 ${numbers.driversLicense(random)}`,
  ],
  'jp.passport': [
    (random) => `旅券番号 ${token(random, 2, UPPER)}${random.digits(7)}`,
    (random) => `Passport No. ${token(random, 2, UPPER)}${random.digits(7)}`,
    (random) => `パスポート番号：${fullWidth(`${token(random, 2, UPPER)}${random.digits(7)}`)}`,
    (random) => numbers.machineReadableZone(random, `${token(random, 2, UPPER)}${random.digits(7)}`),
    (random) => `passport: ${token(random, 2, UPPER)} ${random.digits(7)}`,
  ],
  'jp.residence-card': [
    (random) => `在留カード番号 ${token(random, 2, UPPER)}${random.digits(8)}${token(random, 2, UPPER)}`,
    (random) => `在留カード:${fullWidth(`${token(random, 2, UPPER)}${random.digits(8)}${token(random, 2, UPPER)}`)}`,
    (random) => `Residence card number: ${token(random, 2, UPPER)} ${random.digits(8)} ${token(random, 2, UPPER)}`,
  ],
  'jp.pension-number': [
    (random) => `基礎年金番号 ${random.digits(4)}-${random.digits(6)}`,
    (random) => `基礎年金番号：${random.digits(10)}`,
    (random) => `年金手帳の番号 ${fullWidth(`${random.digits(4)}-${random.digits(6)}`)}`,
    (random) => `Basic pension number: ${random.digits(4)}-${random.digits(6)}`,
    (random) => `基礎年金番号\n${random.digits(4)} ${random.digits(6)}`,
  ],
  'jp.health-insurance': [
    (random) => `健康保険証 記号 ${random.digits(4)} 番号 ${random.digits(4)}`,
    (random) => `健康保険　記号：${random.digits(8)}　番号：${random.digits(5)}`,
    (random) => `保険者番号 ${numbers.insurerNumber(random)}`,
    (random) => `保険者番号：${fullWidth(numbers.insurerNumber(random))}`,
    (random) => `被保険者番号 ${random.digits(8)}`,
    (random) => `被保険者証の記号番号 ${random.digits(4)}-${random.digits(5)}`,
  ],
  'jp.phone': [
    (random) => `電話：${phoneNumber(random)}`,
    (random) => `TEL ${phoneNumber(random)}`,
    (random) => `携帯電話 ${phoneNumber(random)}`,
    (random) => `Phone: ${phoneNumber(random)}`,
    (random) => `ご連絡は${numbers.mobile(random)}までお願いします。`,
    (random) => `連絡先\n${phoneNumber(random)}`,
    (random) => `TEL/FAX ${phoneNumber(random)}`,
  ],
  'jp.address': [
    (random) => `住所：${address(random)}`,
    (random) => `〒${random.digits(3)}-${random.digits(4)} ${address(random)}`,
    (random) => `ご自宅は${address(random)}とうかがいました。`,
    (random) => `送付先\n${address(random)}`,
    (random) => `現住所　${address(random)}`,
    (random) => `〒${random.digits(3)}-${random.digits(4)}\n${address(random, { prefecture: false })}`,
    (random) => `住所：${address(random, { prefecture: false })}`,
  ],
  'jp.bank-account': [
    (random) => `みずほ銀行 新宿支店 普通 ${random.digits(7)}`,
    (random) => `振込先：三井住友銀行(0009) 本店営業部(200) 普通預金 ${fullWidth(random.digits(7))}`,
    (random) => `口座番号：${random.digits(7)}`,
    (random) => `りそな銀行 梅田支店 (普)${random.digits(7)}`,
    (random) => `当座 No.${random.digits(7)}`,
    (random) => `ゆうちょ銀行 記号 1${random.digits(3)}0 番号 ${random.integer(1, 9)}${random.digits(6)}1`,
    (random) => `Bank account number: ${random.digits(7)}`,
  ],
  'jp.person-name': [
    (random) => ((who) => `氏名：${who.family}${random.pick(['', ' ', '　'])}${who.given}`)(name(random)),
    (random) => ((who) => `${who.family}${random.pick(['', ' ', '　'])}${who.given}様、いつもお世話になっております。`)(name(random)),
    (random) => ((who) => `担当者：${who.family}　${who.given}`)(name(random)),
    (random) => ((who) => `氏名\n${who.family} ${who.given}`)(name(random)),
    (random) => ((who) => `昨日、${who.family}${who.given}さんから連絡がありました。`)(name(random)),
    (random) => ((who) => `お名前 ${who.family} ${who.given}（${who.familyKana} ${who.givenKana}）`)(name(random)),
    (random) => ((who) => `Name: ${who.givenLatin} ${who.familyLatin}`)(name(random)),
    (random) => ((who) => `Full name: ${who.familyLatin.toUpperCase()} ${who.givenLatin}`)(name(random)),
    (random) => ((who) => `出席者は${who.family} ${who.given}ほか二名。`)(name(random)),
    (random) => ((who) => `{"氏名":"${who.family}${random.pick(['', ' '])}${who.given}"}`)(name(random)),
    (random) => ((who) => `<氏名>${who.family} ${who.given}</氏名>`)(name(random)),
    (random) => ((who) => `"firstName":"${who.givenLatin}","lastName":"${who.familyLatin}"`)(name(random)),
    (random) => ((who) => `申請者氏名　${who.family}　${who.given}　印`)(name(random)),
  ],
  'credit-card': [
    (random) => `カード番号 ${numbers.cardNumber(random)}`,
    (random) => `クレジットカード：${fullWidth(numbers.cardNumber(random))}`,
    (random) => `Card number: ${grouped(cardOf16(random), ' ')}`,
    (random) => `VISA ${grouped(cardOf16(random), '-')} 有効期限 08/29`,
    (random) => `お支払いは ${grouped(cardOf16(random), ' ')} でお願いします。`,
  ],
  iban: [
    (random) => `IBAN: ${numbers.iban(random)}`,
    (random) => `IBAN ${grouping(numbers.iban(random))}`,
    (random) => `Please pay to ${grouping(numbers.iban(random))} BIC ABCDEFGH.`,
  ],
  'us.ssn': [
    (random) => `SSN: ${ssn(random, '-')}`,
    (random) => `Social Security Number ${ssn(random, '-')}`,
    (random) => `social security no. ${ssn(random, ' ')}`,
    (random) => `SSN ${ssn(random, '')}`,
  ],
  email: [
    (random) => `メール：${emailAddress(random)}`,
    (random) => `<${emailAddress(random)}>`,
    (random) => `連絡は${emailAddress(random)}へ`,
    (random) => `From: ${emailAddress(random)}`,
    (random) => fullWidth(emailAddress(random)),
    (random) => `mailto:${emailAddress(random)}?subject=hello`,
  ],
  'ip-address': [
    (random) => `IPアドレス ${publicAddress(random)}`,
    (random) => `${publicAddress(random)} - - [22/Nov/2026:10:15:32 +0900] "GET / HTTP/1.1" 200 512`,
    (random) => `Failed login from ${publicAddress(random)} port 52214 ssh2`,
    (random) => `client: ${publicAddress(random)}, request: "GET /"`,
    (random) => `アクセス元: ${publicAddress(random)}`,
    (random) =>
      `IP address: 2400:${random.characters('123456789abcdef', 4)}:${random.characters('123456789abcdef', 4)}::${random.characters('123456789abcdef', 3)}`,
  ],
  'date-of-birth': [
    (random) => `生年月日：${birthDate(random)}`,
    (random) => `生年月日\n${birthDate(random)}`,
    (random) => `Date of birth: ${birthDate(random)}`,
    (random) => `DOB ${birthDate(random)}`,
    (random) => `${random.integer(1950, 2010)}年${random.integer(1, 12)}月${random.integer(1, 28)}日生まれ`,
    (random) => `昭和${random.integer(20, 63)}年${random.integer(1, 12)}月${random.integer(1, 28)}日生`,
  ],
  'secret.aws': [
    (random) => `aws_access_key_id = AKIA${token(random, 16, `${UPPER}234567`)}`,
    (random) => `AWS_SECRET_ACCESS_KEY=${token(random, 40, `${ALPHANUMERIC}+/`)}`,
    (random) => `"SecretAccessKey": "${token(random, 40, `${ALPHANUMERIC}+/`)}",`,
    (random) => `export KEY="ASIA${token(random, 16, `${UPPER}234567`)}"`,
  ],
  'secret.github': [
    (random) => `GITHUB_TOKEN=ghp_${token(random, 36)}`,
    (random) => `git clone https://github_pat_${token(random, 22)}_${token(random, 59)}@github.com/a/b`,
    (random) => `token: ghs_${token(random, 36)}`,
  ],
  'secret.google': [
    (random) => `key=AIza${token(random, 35, BASE64_URL)}`,
    (random) => `"client_secret":"GOCSPX-${token(random, 28, BASE64_URL)}"`,
  ],
  'secret.slack': [
    (random) => `SLACK=xoxb-${random.digits(12)}-${random.digits(12)}-${token(random, 24)}`,
    (random) => `https://hooks.slack.com/services/T${token(random, 8, UPPER)}/B${token(random, 10, UPPER)}/${token(random, 24)}`,
    (random) => `xapp-1-A${token(random, 10, UPPER)}-${random.digits(13)}-${token(random, 64, 'abcdef0123456789')}`,
  ],
  'secret.private-key': [
    (random) => `-----BEGIN RSA PRIVATE KEY-----\n${lines(random)}\n-----END RSA PRIVATE KEY-----`,
    (random) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines(random)}\n-----END OPENSSH PRIVATE KEY-----`,
    (random) => `AGE-SECRET-KEY-1${token(random, 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
  ],
  'secret.jwt': [
    (random) =>
      `Authorization: Bearer ${base64Url('{"alg":"RS256","typ":"JWT"}')}.${base64Url(`{"sub":"${random.digits(9)}","name":"${token(random, random.integer(5, 1500))}"}`)}.${token(random, 86, BASE64_URL)}`,
    (random) =>
      `token=${base64Url('{"typ":"JWT","alg":"HS256"}')}.${base64Url(`{"exp":${random.digits(10)}}`)}.${token(random, 43, BASE64_URL)}`,
  ],
  'secret.password': [
    (random) => `password = "${token(random, 10)}1"`,
    (random) => `DB_PASSWORD=${token(random, 12)}7`,
    (random) => `パスワード：${token(random, 8)}4`,
    (random) => `パスワードは「${token(random, 8)}9」です。`,
    (random) => `postgres://app:${token(random, 12)}5@db.internal:5432/app`,
    (random) => `初期PW: ${token(random, 8)}3`,
    (random) => `machine ftp.kaisha.co.jp login haishin password ${token(random, 9)}2`,
    (random) => `curl "https://portal.kaisha.co.jp/login?user=a&password=${token(random, 8)}6"`,
  ],
  'keyword.confidential': [
    () => '【社外秘】',
    () => '㊙ 人事考課',
    () => '取扱注意',
    () => 'CONFIDENTIAL',
    () => '極　秘',
    () => 'Strictly Confidential',
    () => '関係者外秘',
    () => 'For internal use only',
    () => 'This report is for internal use only and may not be passed on.',
  ],
};

function cardOf16(random: Random): string {
  for (;;) {
    const card = numbers.cardNumber(random);
    if (card.length === 16) return card;
  }
}

function grouping(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1 ');
}

function ssn(random: Random, separator: string): string {
  return [String(random.integer(1, 665)).padStart(3, '0'), String(random.integer(1, 99)).padStart(2, '0'), random.integer(1000, 9999)].join(
    separator,
  );
}

export function publicAddress(random: Random): string {
  return `${random.pick([8, 24, 49, 61, 90, 126, 133, 153, 210, 219])}.${random.integer(1, 250)}.${random.integer(0, 255)}.${random.integer(1, 254)}`;
}

function lines(random: Random): string {
  return Array.from({ length: 6 }, () => token(random, 64, `${ALPHANUMERIC}+/`)).join('\n');
}
