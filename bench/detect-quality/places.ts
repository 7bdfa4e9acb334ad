import type { Random } from './random.ts';

/** One town of each prefecture: prefecture, municipality, town. */
const TOWNS =
  `北海道 札幌市中央区 北一条西|北海道 旭川市 六条通|青森県 八戸市 内丸|岩手県 盛岡市 菜園|宮城県 仙台市青葉区 国分町|秋田県 秋田市 山王
山形県 鶴岡市 馬場町|福島県 郡山市 朝日|茨城県 つくば市 研究学園|栃木県 宇都宮市 旭|群馬県 高崎市 高松町|埼玉県 さいたま市大宮区 桜木町
千葉県 市川市 八幡|東京都 港区 六本木|東京都 西多摩郡瑞穂町 箱根ケ崎|神奈川県 横浜市西区 みなとみらい|新潟県 長岡市 大手通|富山県 高岡市 広小路
石川県 金沢市 広坂|福井県 鯖江市 西山町|山梨県 甲府市 丸の内|長野県 松本市 丸の内|岐阜県 大垣市 丸の内|静岡県 浜松市中央区 元城町
愛知県 名古屋市中区 三の丸|三重県 津市 西丸之内|滋賀県 彦根市 元町|京都府 京都市中京区 寺町通御池上る上本能寺前町|大阪府 堺市堺区 南瓦町
兵庫県 神戸市中央区 加納町|奈良県 橿原市 八木町|和歌山県 和歌山市 七番丁|鳥取県 米子市 加茂町|島根県 出雲市 今市町|岡山県 倉敷市 西中新田
広島県 廿日市市 下平良|山口県 下関市 南部町|徳島県 徳島市 幸町|香川県 高松市 番町|愛媛県 今治市 別宮町|高知県 四万十市 中村大橋通
福岡県 福岡市博多区 博多駅前|佐賀県 唐津市 西城内|長崎県 佐世保市 八幡町|熊本県 熊本市中央区 手取本町|大分県 別府市 上野口町
宮崎県 都城市 姫城町|鹿児島県 大島郡龍郷町 浦|沖縄県 那覇市 泉崎|沖縄県 中頭郡読谷村 座喜味`
    .split(/[|\n]/)
    .map((line) => line.split(' '));

const BUILDINGS = ['', '', '', ' 第二ビル5F', ' メゾン青葉203', '　コーポ緑102号室', ' みどり荘 201'];
const KANJI = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

function fullWidth(text: string): string {
  return text.replace(/[0-9A-Za-z@.:-]/g, (character) =>
    character === '-' ? '－' : String.fromCharCode(character.charCodeAt(0) + 0xfe_e0),
  );
}

function block(random: Random): string {
  const [a, b, c] = [random.integer(1, 9), random.integer(1, 30), random.integer(1, 20)];
  return random.pick([
    `${a}-${b}-${c}`,
    `${a}丁目${b}-${c}`,
    `${a}丁目${b}番${c}号`,
    `${a}丁目${b}番地`,
    `${b * 13}番地`,
    `${b * 11}番地の${c}`,
    `${b * 17}-${c}`,
    `${KANJI[a]}丁目${b}番${c}号`,
    `${a}－${b}－${c}`,
    fullWidth(`${a}-${b}-${c}`),
    `${a}丁目 ${b}-${c}`,
  ]);
}

export interface AddressOptions {
  readonly prefecture?: boolean;
}

/** A Japanese address down to the door, in one of the ways people write it. */
export function address(random: Random, { prefecture = true }: AddressOptions = {}): string {
  const [region = '', city = '', town = ''] = random.pick(TOWNS);
  const sapporo = city.startsWith('札幌') || city.startsWith('旭川');
  const place = sapporo
    ? `${city}${random.pick(['北', '南'])}${random.integer(1, 20)}条${random.pick(['西', '東'])}${random.integer(2, 20)}丁目${random.pick(['', `${random.integer(1, 9)}-${random.integer(1, 30)}`])}`
    : `${city}${random.chance(0.1) ? ' ' : ''}${town}${block(random)}`;
  return `${prefecture ? region : ''}${place}${random.pick(BUILDINGS)}`;
}

export { fullWidth };
