/**
 * Words the scanner looks for in every encoding of the tables, beside the numbers it judges by form and check digit. A word
 * that begins several others stands for them, for each word costs speed: the detectors read what follows.
 */
export interface Word {
  readonly text: string;
  readonly kind: WordKind;
  /** Case counts: tokens and their prefixes. Other words are ASCII without regard to case, or Japanese. */
  readonly exact?: boolean;
  /** Least number of token characters (base64url) that follow; shorter is no token. */
  readonly tail?: number;
  /** An identifier may not go on before the word, or behind it. */
  readonly begins?: boolean;
  readonly ends?: boolean;
  /**
   * What else must stand behind it: a separator as behind a label, a number not far off, `: X` as before a name in Latin
   * letters.
   */
  readonly follow?: 'label' | 'number' | 'latin-name';
  /** Looked for in full-width letters, too. */
  readonly fullWidth?: boolean;
}

/** In the engine's records a word's kind is `FIRST_WORD_KIND` plus its place here. */
export const WORD_KINDS = [
  'secret.aws',
  'secret.github',
  'secret.google',
  'secret.slack',
  'secret.private-key',
  'secret.jwt',
  'secret.password',
  'keyword.confidential',
  'jp.address',
  'jp.person-name',
  'date-of-birth',
  'jp.bank-account',
  'jp.pension-number',
  'jp.health-insurance',
  'us.ssn',
  'jp.my-number',
  'jp.corporate-number',
  'jp.phone',
  'email',
] as const;
export type WordKind = (typeof WORD_KINDS)[number];
export const FIRST_WORD_KIND = 16;

function words(kind: WordKind, list: string, more: Omit<Word, 'text' | 'kind'> = {}): Word[] {
  return list.split(',').map((text) => ({ text, kind, ...more }));
}

/** Three letters are too few to be looked for: with what is written behind them. */
function followed(word: string): string {
  return Array.from(' :=\t\n"\'#-(：は番　）（', (sign) => word + sign).join(',');
}

export const WORDS: readonly Word[] = [
  ...words('secret.aws', 'AKIA,ASIA', { exact: true, tail: 16 }),
  ...words('secret.aws', 'access_key,accesskey,aws_secret'),
  ...words('secret.github', 'ghp_,gho_,ghu_,ghs_,ghr_', { exact: true, tail: 36 }),
  ...words('secret.github', 'github_pat_', { exact: true, tail: 82 }),
  ...words('secret.google', 'AIza', { exact: true, tail: 35 }),
  ...words('secret.google', 'GOCSPX-', { exact: true, tail: 28 }),
  ...words('secret.google', 'ya29.', { exact: true, tail: 30 }),
  ...words('secret.slack', 'xoxa-,xoxb-,xoxe-,xoxo-,xoxp-,xoxr-,xoxs-', { exact: true, tail: 20 }),
  ...words('secret.slack', 'xapp-', { exact: true, tail: 30 }),
  ...words('secret.slack', 'hooks.slack.com/services/', { exact: true }),
  ...words('secret.private-key', 'PRIVATE KEY,AGE-SECRET-KEY-1,PuTTY-User-Key-File-', { exact: true }),
  ...words('secret.jwt', '.eyJ', { exact: true, tail: 10 }),
  ...words('secret.password', 'passphrase,pass:,pass=,pass :,pass =,pass：,pwd=,pwd:,pwd：,pwd ,pwd",pwd\',パスワード,暗証番号'),
  ...words('secret.password', 'passw', { fullWidth: true }),
  ...words('secret.password', 'pw:,pw=,pw :,pw =,pw：', { begins: true }),
  ...words(
    'keyword.confidential',
    '社外秘,社 外 秘,社　外　秘,社外 秘,社外　秘,極秘,極 秘,極　秘,部外秘,関係者外秘,マル秘,丸秘,厳秘,(秘),（秘）,取扱注意,取扱い注意,取扱厳重注意,取扱い厳重注意',
  ),
  ...words('keyword.confidential', 'confidential', { fullWidth: true }),
  ...words('keyword.confidential', 'use only,top secret'),
  // Those that end in 県 are found by that: kernel/signs.ts.
  ...words('jp.address', '北海道,東京都,京都府,大阪府'),
  ...words('jp.person-name', '氏名,姓名,お名前,患者名,顧客名'),
  ...words('jp.person-name', '氏 名,氏　名,名前,名義', { follow: 'label' }),
  ...words('jp.person-name', 'name', { follow: 'latin-name' }),
  ...words('jp.person-name', '姓:,姓：,姓",姓>,姓 ,姓　'),
  ...words('date-of-birth', '生年月日,生 年 月 日,生　年　月　日,誕生,出生日,生まれ,日生,0生,1生,2生,3生,4生,5生,6生,7生,8生,9生,birth'),
  ...words('date-of-birth', 'd.o.b,born', { begins: true, ends: true }),
  ...words('date-of-birth', followed('dob'), { begins: true }),
  ...words('jp.bank-account', '口座番号,口座名義,振込先,普通預金,当座預金,普通口座,支店名,支店番号,店番,account n,記号番号,記号・番号'),
  ...words('jp.bank-account', '普通,当座,貯蓄,(普),（普）,(当),（当）,ordinary,savings,checking,ゆうちょ,郵便貯金,記号,振替', {
    follow: 'number',
  }),
  ...words('jp.pension-number', '年金番号,年金手帳,年金証書,pension n'),
  ...words('jp.health-insurance', '保険者,健康保険,保険証,insurer n'),
  ...words('jp.health-insurance', '記号', { follow: 'number' }),
  ...words('us.ssn', 'social sec,社会保障番号'),
  ...words('us.ssn', followed('ssn'), { begins: true }),
  // Behind their names numbers are read in forms that are not looked for elsewhere: in boxes, over lines, with blanks.
  ...words('jp.my-number', '個人番号,マイナンバー,マイナカード,通知カード,共通番号,税番号,my number,mynumber,my_number,individual n', {
    follow: 'number',
  }),
  ...words('jp.corporate-number', '法人番号,法人等番号', { follow: 'number' }),
  ...words('jp.phone', '電話,電　話,携帯,連絡先,ファックス,phone:,phone：', { follow: 'number' }),
  ...words('jp.phone', 'tel:,tel：,tel.,fax:,fax：', { begins: true, follow: 'number' }),
  ...words('email', 'email=,&mail=,?mail='),
];
