import { isLikelyName } from './name-lexicon.ts';
import { normalise } from './normalise.ts';

/** What the values of a column are, told by its heading. */
export type ColumnRole =
  | 'name'
  | 'possible-name'
  | 'family-name'
  | 'given-name'
  | 'name-reading'
  | 'address'
  | 'prefecture'
  | 'municipality'
  | 'town'
  | 'phone'
  | 'email'
  | 'birth-date'
  | 'employee-number'
  | 'my-number'
  | 'drivers-license'
  | 'passport'
  | 'residence-card'
  | 'pension-number'
  | 'health-insurance'
  | 'insurer-number'
  | 'bank-account'
  | 'credit-card'
  | 'us-ssn'
  | 'corporate-number'
  | 'company-name'
  | 'other-number';

/** Headings after `plainHeading`: no spaces, no punctuation, lower case. The first that fits wins. */
const HEADINGS: readonly (readonly [ColumnRole, RegExp])[] = [
  ['corporate-number', /法人番号|^corporatenumber$|登録番号t/],
  ['my-number', /個人番号|マイナンバー|^my(?:number|no)$|^individualnumber$/],
  ['drivers-license', /免許証?(?:の)?番号|^driver'?s?licen[cs]e(?:number|no)?$/],
  ['passport', /旅券番号|パスポート番号|^passport(?:number|no)?$/],
  ['residence-card', /在留カード|^residencecard(?:number|no)?$/],
  ['pension-number', /年金番号|^pension(?:number|no)$/],
  ['health-insurance', /被保険者(?:証)?(?:の)?(?:記号|番号|id)|保険証(?:の)?(?:記号|番号)/],
  ['insurer-number', /^保険者(?:等)?番号$|^insurer(?:number|no)$/],
  ['bank-account', /口座番号|^(?:bank)?account(?:number|no)$/],
  ['credit-card', /カード番号|^(?:credit)?card(?:number|no)$|^creditcard$/],
  ['us-ssn', /^(?:ssn|socialsecurity(?:number|no)?)$/],
  ['birth-date', /生年月日|誕生日|^(?:dateofbirth|birth(?:date|day)?|dob)$/],
  ['email', /メール(?:アドレス)?|^(?:[a-z]{4,8})?e?mail(?:address)?$/],
  [
    'phone',
    /電話|携帯|(?:^|[^a-z])tel(?:ephone)?(?:number|no|番号)?$|^(?:mobile|cell|home|work|contact)?phone(?:number|no)?$|^(?:mobile|cell|連絡先|fax|ファックス)(?:number|no|番号)?$/,
  ],
  [
    'company-name',
    /^(?:会社名?|企業名?|法人名|勤務先名?|屋号|店舗名|施設名|商号(?:又は名称|または名称)?|団体名|取引先名?|名称|company(?:name)?|organi[sz]ation)$/,
  ],
  ['name-reading', /(?:フリガナ|ふりがな|カナ|かな|ヨミ|よみ|ローマ字)(?:氏名|名前)?$/],
  ['name', /氏名|姓名/],
  ['possible-name', /^(?:name|名前)$/],
  [
    'name',
    /^(?:お名前|フルネーム|(?:顧客|お客様|患者|社員|職員|従業員|会員|生徒|児童|園児|利用者|契約者|申込者|担当者|世帯主|住民|受診者|保護者|代表者|申請者|利用客|本人|受取人|名義人?|被保険者|講師|参加者|出席者)(?:名)?|宛名|(?:full|customer|employee|member|patient|student|contact|person|applicant|guest|user)name)$/,
  ],
  ['family-name', /^(?:姓|苗字|名字|last ?name|lastname|familyname|surname)$/],
  ['given-name', /^(?:名|firstname|givenname)$/],
  ['prefecture', /^都道府県$/],
  ['municipality', /^市区?町村$|^市区?郡町?村?$/],
  ['town', /^(?:町域|町名)?(?:丁目)?番地|^町名|^町域|^それ以降の住所/],
  ['address', /^(?:現)?住所|^居住地|^所在地|^(?:home|street|postal|mailing)?address$/],
  [
    'employee-number',
    /^(?:社員|職員|従業員|会員|顧客|患者|学籍|生徒|利用者|お客様)(?:番号|no|id|コード)$|^(?:employee|member|customer|patient|student)(?:number|no|id)$/,
  ],
  [
    'other-number',
    /(?:注文|受注|発注|伝票|追跡|送り状|問い?合わ?せ|管理|商品|製品|資産|契約|請求書?|受付|整理|シリアル|製造|型)(?:番号|no|id|コード)$|^(?:order|tracking|invoice|serial|item|product|part|asset)(?:number|no|id)$|郵便番号|^(?:zip|postalcode|jan|isbn|sku|timestamp|日時|日付|金額|price|amount)/,
  ],
];

const HAS_DIGIT = /[0-9]/;
const THREE_DIGITS = /[0-9][^0-9]*[0-9][^0-9]*[0-9]/;
const LONG_NUMBER = /[0-9]{5}/;
const MAIL_ADDRESS = /@[a-z0-9]/i;
const LONGEST_HEADING = 32;
const MOST_REMEMBERED = 20_000;

/** Reads headings; remembers what it saw, since a table's cells repeat. */
export class HeadingReader {
  readonly #seen = new Map<string, ColumnRole | undefined>();

  role(cell: string): ColumnRole | undefined {
    if (cell.length === 0 || cell.length > LONGEST_HEADING || /\d{4}/.test(cell)) return undefined;
    const known = this.#seen.get(cell);
    if (known !== undefined || this.#seen.has(cell)) return known;
    const role = roleOfHeading(cell);
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.set(cell, role);
    return role;
  }

  /** The roles of a heading row, or undefined when the row is data. One known heading is enough in a table's first rows. */
  headingRow(cells: readonly string[], isFirst: boolean): readonly (ColumnRole | undefined)[] | undefined {
    if (isData(cells)) return undefined;
    const roles = settleNames(
      cells.map((cell) => this.role(cell)),
      cells,
    );
    const known = roles.filter((role) => role !== undefined).length;
    if (known === 0 || (!isFirst && (known === 1 || known * 2 < cells.filter((cell) => cell.trim() !== '').length))) return undefined;
    // "電話" beside a person's name is an answer, not a heading.
    return cells.some((cell) => isLikelyName(cell)) ? undefined : roles;
  }
}

/** Values that no heading holds, or so many numbers that too few headings can be among them. Cheaper than to look all of them up. */
function isData(cells: readonly string[]): boolean {
  let numbers = 0;
  let filled = 0;
  for (const cell of cells) {
    if (cell === '') continue;
    filled++;
    if (!HAS_DIGIT.test(cell)) {
      if (MAIL_ADDRESS.test(cell)) return true;
    } else if (LONG_NUMBER.test(cell) || MAIL_ADDRESS.test(cell)) return true;
    else if (THREE_DIGITS.test(cell)) numbers++;
  }
  return numbers * 2 > filled;
}

/** Headings that, though no identifier, are those of a list of people. */
const OF_PEOPLE = /部署|所属|役職|性別|年齢|学年|組$|クラス|職種|入社|続柄|department|title|gender|^sex$|^age$|position|grade/i;
const PERSONAL: ReadonlySet<ColumnRole> = new Set([
  'name',
  'family-name',
  'given-name',
  'name-reading',
  'phone',
  'email',
  'birth-date',
  'employee-number',
  'my-number',
  'us-ssn',
] as const);

/** "name" heads lists of people and of everything else: beside another heading of people it is a person's. */
function settleNames(roles: readonly (ColumnRole | undefined)[], cells: readonly string[]): readonly (ColumnRole | undefined)[] {
  if (!roles.includes('possible-name')) return roles;
  const personal = roles.some((role) => role !== undefined && PERSONAL.has(role)) || cells.some((cell) => OF_PEOPLE.test(cell));
  return personal ? roles.map((role) => (role === 'possible-name' ? 'name' : role)) : roles;
}

export function roleOfHeading(heading: string): ColumnRole | undefined {
  const plain = normalise(heading)
    .toLowerCase()
    .replace(/[\s_\-.:：()（）[\]【】※*#・/]/g, '')
    .replace(/(?<=[^0-9])[0-9]$/, '');
  return HEADINGS.find(([, pattern]) => pattern.test(plain))?.[0];
}
