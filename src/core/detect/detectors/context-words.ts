/** Words that explain the number beside them. Each pattern is global, without nested repetition, and folded by NFKC. */

export const MY_NUMBER_WORDS =
  /個人番号|マイナンバー|マイナカード|通知カード|共通番号|税番号|\bmy[ _-]?number\b|\bindividual[ _-]?number\b|\bmynumber/gi;
export const LICENSE_WORDS = /免許証|運転免許|免許の?番号|\bdriver'?s? licen[cs]e|\blicen[cs]e (?:no|number)/gi;
/** Twelve digits beside one of these are neither: company registers, orders, parcels, stock. */
export const OTHER_NUMBER_WORDS =
  /法人番号|法人等番号|登録番号|注文番号|受注番号|伝票番号|追跡番号|送り状|問い?合わ?せ番号|管理番号|製造番号|口座番号|商品コード|受付(?:番号|id)|整理番号|図面番号|図番|部品番号|部品コード|資産番号|型番|品番|製品番号|商品番号|会員番号|契約番号|管理no|伝票|ロット|\border[ _]?(?:no|number|id)|\btracking|\bserial[ _]?(?:no|number)|\binvoice[ _]?(?:no|number)|\bpart[ _]?(?:no|number)|\bisbn|\bjan(?:コード| ?code)|\bean\b|\blot[ _]?(?:no|number)|\bitem[ _]?(?:no|code)/gi;
export const CORPORATE_WORDS = /法人番号|法人等番号|登録番号|適格請求書|インボイス|corporate number/gi;
export const PHONE_WORDS = /電話|電 話|☎|☏|携帯|連絡先|ファックス|ファクス|\btel|\bfax\b|\bphone|\bmobile\b|\bcell\b/gi;
export const CARD_WORDS =
  /カード番号|クレジット|クレカ|デビットカード|カード情報|カード決済|カード名義|有効期限|セキュリティコード|利用カード|credit[ _-]?card|card[ _-]?(?:no|number|holder)|\bpayment card|\bdebit card|\bpan\b|\bcvv|\bcvc|\bvisa\b|master ?card|\bdiners\b|\bjcb\b|\bamex\b|american express/gi;
export const PASSPORT_WORDS = /旅券|パスポート|\bpassport/gi;
export const RESIDENCE_WORDS = /在留カード|在留資格|特別永住者|zairyu|residence[ _-]?card/gi;
export const PENSION_WORDS = /基礎年金番号|年金手帳|年金番号|年金証書|\bpension[ _]?(?:no|number)/gi;
export const INSURANCE_WORDS = /保険者番号|被保険者|健康保険|保険証|国民健康保険|insurer (?:no|number)/gi;
export const INSURER_WORDS = /(?<!被)保険者(?:等)?番号|insurer (?:no|number)/gi;
export const BANK_WORDS = /口座番号|口座名義|振込先|普通預金|当座預金|普通口座|支店名|支店番号|店番|\baccount (?:no|number)/gi;
export const SSN_WORDS = /\bssn\b|\bss#|\bs\.s\.n|\bsoc\.? sec|social security|社会保障番号/gi;
export const BIRTH_WORDS = /生年月日|生 年 月 日|誕生日|出生日|date[ _]of[ _]birth|birth[ _]?date|birthday|\bd\.?o\.?b\b|\bborn\b/gi;
export const ADDRESS_WORDS = /住所|住 所|居住地|所在地|〒|宛先|送付先|\baddress\b/gi;
export const IP_WORDS = /\bip\b|ipアドレス|ip address|\bhost\b|\bserver\b|接続元|アクセス元|remote_addr|\bclient\b/gi;
