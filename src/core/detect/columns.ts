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
  ['my-number', /個人番号|マイナンバー|^個番$|^my(?:number|no)$|^individualnumber$/],
  ['drivers-license', /免許証?(?:の)?番号|^driver'?s?licen[cs]e(?:number|no)?$/],
  ['passport', /旅券番号|パスポート番号|^passport(?:number|no)?$/],
  ['residence-card', /在留カード|^residencecard(?:number|no)?$/],
  ['pension-number', /年金番号|^pension(?:number|no)$/],
  ['health-insurance', /被保険者(?:証)?(?:の)?(?:記号|番号|id)|保険証(?:の)?(?:記号|番号)/],
  ['insurer-number', /^保険者(?:等)?番号$|^insurer(?:number|no)$/],
  ['bank-account', /口座(?:番号|no$|№)|^(?:bank)?account(?:number|no)$/],
  ['credit-card', /カード番号|^(?:credit)?card(?:number|no)$|^creditcard$|^pan$/],
  ['us-ssn', /^(?:ssn|socialsecurity(?:number|no)?)$/],
  ['birth-date', /生年月日|誕生日|^(?:dateofbirth|birth(?:date|day)?|dob)$/],
  ['email', /メール(?:アドレス)?|^(?:[a-z]{4,8})?e?mail(?:address)?$/],
  [
    'phone',
    /電話|携帯|連絡先$|(?:^|[^a-z])tel(?:ephone)?(?:number|no|番号)?$|^(?:mobile|cell|home|work|contact)?phone(?:number|no)?$|^(?:mobile|cell|連絡先|fax|ファックス)(?:number|no|番号)?$/,
  ],
  [
    'company-name',
    /^(?:会社名?|企業名?|法人名|勤務先名?|屋号|施設名|商号(?:又は名称|または名称)?|団体名|取引先名?|名称|company(?:name)?|organi[sz]ation)$|(?:店舗?|支店|支社|営業所|事業所|出張所|学校|大学|病院|医院|診療所|ホテル|仕入先|得意先|納入先|納品先|発注先|外注先|機関|拠点|工場|倉庫|業者|保険者)名(?:称)?$|^(?:店舗?|支店|支社|営業所|事業所|出張所|仕入先|得意先|業者|事業者)$/,
  ],
  ['name-reading', /(?:フリガナ|ふりがな|カナ|かな|ヨミ|よみ|ローマ字)(?:氏名|名前|[姓名])?$|^(?:セイ|メイ|せい|めい)$/],
  ['family-name', /^(?:姓|苗字|名字|last ?name|lastname|familyname|surname|(?:お?名前|氏名)(?:姓|苗字|名字))$/],
  ['given-name', /^(?:名|firstname|givenname|forename|(?:お?名前|氏名)名|下の名前)$/],
  ['name', /氏名|姓名|お名前|フルネーム/],
  ['possible-name', /^(?:name|名前)$/],
  // Whoever does or has something: 受講者, 借主, 名義人, お届け先名. Words for goods, places and firms end otherwise.
  [
    'name',
    /^(?:名前|[^品商店社地]*(?:顧客|お客様|お客さま|患者|社員|職員|従業員|会員|学生|生徒|児童|園児|住民|講師|選手|相手)名$|[^品商店社地]*(?:届け?先|配送先|送付先|送り先|発送先|贈り先|依頼主|宛)名$)/,
  ],
  [
    'name',
    /^[^0-9]{0,10}(?:(?<![業費])者|(?<!荷|自|事業)主|(?:名義|受取|保証|代理|相続|依頼|差出|申込|届出|請求|契約|借|賃貸|売渡|後見|紹介|管理|世話)人|(?:患者|社員|職員|従業員|会員|生徒|児童|園児|住民|利用客|講師)|^本人)名?$|^宛名$|口座名義?人?名?$/,
  ],
  [
    'name',
    /^(?:full|customer|employee|member|patient|student|contact|person|applicant|guest|card ?holder|holder|account ?holder|recipient|participant|attendee|insured|payee|tenant|resident|passenger|beneficiary|candidate|teacher|guardian|staff|client|subscriber)(?:full)?name$|^nameoncard$/,
  ],
  [
    'possible-name',
    /^(?:employee|patient|student|contact|applicant|card ?holder|account ?holder|recipient|participant|attendee|insured|payee|tenant|resident|passenger|beneficiary|candidate|guardian)$/,
  ],
  ['prefecture', /都道府県|^(?:prefecture|県名)$/],
  ['municipality', /市区?郡?町?村|^市区?郡?$/],
  ['town', /番地|町域|^町名|字丁目|それ以降の住所/],
  [
    'address',
    /^(?:現)?住所|(?:自宅|届け?先|送付先|配送先|送り先|依頼主|本人)の?住所|^居住地|^所在地|^(?:home|street|postal|mailing)?address$/,
  ],
  [
    'employee-number',
    /^(?:社員|職員|従業員|会員|顧客|患者|学籍|生徒|利用者|お客様)(?:番号|no|id|コード)$|^(?:employee|member|customer|patient|student)(?:number|no|id)$/,
  ],
  [
    'other-number',
    /(?:注文|受注|発注|取引|決済|予約|申込|申請|承認|処理|伝票|追跡|送り状|問い?合わ?せ|管理|商品|製品|部品|部材|図面|資産|契約|請求書?|受付|整理|シリアル|製造|ロット|型)(?:番号|no|id|コード)$|^(?:品|型|図)番$|^(?:order|transaction|payment|booking|request|tracking|invoice|serial|item|product|part|asset|lot)(?:number|no|id)$|郵便番号|^(?:zip|postalcode|jan|isbn|sku|timestamp|日時|日付|price|amount)|金額|残高|借方|貸方|^(?:入金|出金|合計|小計|売上|単価|税額|定価|価格)|^(?:普通|当座|定期)預金$/,
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

  /** What each of a row's cells heads. */
  roles(cells: readonly string[]): readonly (ColumnRole | undefined)[] {
    return settleNames(
      cells.map((cell) => this.role(cell)),
      cells,
    );
  }

  /** The roles of a heading row, or undefined when the row is data. One known heading is enough in a table's first rows. */
  headingRow(cells: readonly string[], isFirst: boolean): readonly (ColumnRole | undefined)[] | undefined {
    if (isData(cells)) return undefined;
    const roles = this.roles(cells);
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
  'credit-card',
  'health-insurance',
] as const);
const NAMES: ReadonlySet<ColumnRole | undefined> = new Set(['name', 'possible-name', 'family-name'] as const);
/** Readings of anything but people. */
const OTHER_READING = /[店社品地町村区県]|住所|団体|法人|施設|機関/;

/**
 * "name" heads lists of people and of everything else: beside another heading of people it is a person's. Beside a family
 * name it is the given one. Where a reading is all there is of a name, it is the name.
 */
function settleNames(roles: readonly (ColumnRole | undefined)[], cells: readonly string[]): readonly (ColumnRole | undefined)[] {
  if (!roles.some((role) => NAMES.has(role))) {
    const reading = roles.findIndex((role, index) => role === 'name-reading' && !OTHER_READING.test(cells[index] ?? ''));
    return reading < 0 || roles.includes('company-name') ? roles : roles.with(reading, 'name');
  }
  if (!roles.includes('possible-name')) return roles;
  if (roles.includes('family-name') && !roles.includes('given-name')) return roles.with(roles.indexOf('possible-name'), 'given-name');
  const personal = roles.some((role) => role !== undefined && PERSONAL.has(role)) || cells.some((cell) => OF_PEOPLE.test(cell));
  return personal ? roles.map((role) => (role === 'possible-name' ? 'name' : role)) : roles;
}

/** Headings of anything but people, whose values may look like names: towns, firms, goods. */
const OF_THINGS =
  /[品商店社駅県国曲題]|作品|地名|町|市|部署|所属|学校|大学|銀行|支店|科目|項目|摘要|備考|company|product|item|title|place|city/i;

/** The roles with the column whose values are names, where its heading is not known. */
export function withNames(
  roles: readonly (ColumnRole | undefined)[],
  headings: readonly string[],
  types: readonly (ColumnRole | undefined)[] | undefined,
): readonly (ColumnRole | undefined)[] {
  const isUnknown = (index: number): boolean =>
    (roles[index] === undefined || roles[index] === 'possible-name') && !OF_THINGS.test(headings[index] ?? '');
  const name = types?.findIndex((type, index) => (type === 'name' || type === 'family-name') && isUnknown(index)) ?? -1;
  if (types === undefined || name < 0) return roles;
  const known = Array.from({ length: Math.max(roles.length, name + 2) }, (_, index) => roles[index]);
  known[name] = types[name];
  if (types[name] === 'family-name') known[name + 1] ??= types[name + 1];
  return known;
}

export function roleOfHeading(heading: string): ColumnRole | undefined {
  const plain = normalise(heading)
    .toLowerCase()
    .replace(/[\s_\-.:：()（）[\]【】※*#・/]/g, '')
    .replace(/(?<=[^0-9])[0-9]$/, '')
    .replace(/^[ごお御](?=住所|電話|連絡|氏名|自宅|勤務|届け?先|依頼主|請求先)/, '');
  return HEADINGS.find(([, pattern]) => pattern.test(plain))?.[0];
}
