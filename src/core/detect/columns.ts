import { normalise } from './normalise.ts';

/** What the values of a column are, told by its heading. */
export type ColumnRole =
  | 'name'
  | 'family-name'
  | 'given-name'
  | 'name-reading'
  | 'address'
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
  ['health-insurance', /保険者番号|保険証(?:の)?(?:記号|番号)|被保険者/],
  ['bank-account', /口座番号|^(?:bank)?account(?:number|no)$/],
  ['credit-card', /カード番号|^(?:credit)?card(?:number|no)$/],
  ['us-ssn', /^(?:ssn|socialsecurity(?:number|no)?)$/],
  ['birth-date', /生年月日|誕生日|^(?:dateofbirth|birth(?:date|day)|dob)$/],
  ['email', /メール(?:アドレス)?|^e?mail(?:address)?$/],
  ['phone', /電話|携帯|^tel(?:ephone)?(?:number|no)?$|^(?:mobile|cell)?phone(?:number|no)?$|^(?:mobile|連絡先)$/],
  ['company-name', /^(?:会社名|企業名|法人名|商号(?:又は名称|または名称)?|団体名|取引先名?|名称|company(?:name)?|organi[sz]ation)$/],
  ['name-reading', /^(?:氏名|名前|お?名前|姓|名)?(?:フリガナ|ふりがな|カナ|かな|ヨミ|よみ)(?:氏名|名前)?$/],
  [
    'name',
    /^(?:氏名|お?名前|姓名|氏名漢字|漢字氏名|フルネーム|(?:顧客|お客様|患者|社員|職員|従業員|会員|生徒|児童|園児|利用者|契約者|申込者|担当者|世帯主|住民|受診者)(?:名|氏名)|宛名|(?:full|customer|employee|member|patient|student)?name)$/,
  ],
  ['family-name', /^(?:姓|苗字|名字|last ?name|lastname|familyname|surname)$/],
  ['given-name', /^(?:名|firstname|givenname)$/],
  ['address', /^(?:現)?住所|^居住地|^所在地|^(?:home|street|postal|mailing)?address$/],
  [
    'employee-number',
    /^(?:社員|職員|従業員|会員|顧客|患者|学籍|生徒)(?:番号|no|id|コード)$|^(?:employee|member|customer|patient|student)(?:number|no|id)$/,
  ],
  [
    'other-number',
    /(?:注文|受注|発注|伝票|追跡|送り状|問い?合わ?せ|管理|商品|製品|資産|契約|請求書?|受付|整理|シリアル|製造|型)(?:番号|no|id|コード)$|^(?:order|tracking|invoice|serial|item|product|part|asset)(?:number|no|id)$|郵便番号|^(?:zip|postalcode|jan|isbn|sku|timestamp|日時|日付|金額|price|amount)/,
  ],
];

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

  /** The roles of a heading row, or undefined when the row is data. One known heading is enough in a table's first row. */
  headingRow(cells: readonly string[], isFirst: boolean): readonly (ColumnRole | undefined)[] | undefined {
    const roles = cells.map((cell) => this.role(cell));
    const known = roles.filter((role) => role !== undefined).length;
    if (known === 0 || (known === 1 && !isFirst)) return undefined;
    return cells.some((cell) => /\d{5}|@[a-z0-9]/i.test(cell)) ? undefined : roles;
  }
}

export function roleOfHeading(heading: string): ColumnRole | undefined {
  const plain = normalise(heading)
    .toLowerCase()
    .replace(/[\s_\-.:：()（）[\]【】※*#・/]/g, '');
  return HEADINGS.find(([, pattern]) => pattern.test(plain))?.[0];
}
