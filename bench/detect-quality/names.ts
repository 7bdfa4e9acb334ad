import type { Random } from './random.ts';

/** Family names from the most frequent to the uncommon, with readings. Written for this corpus, not taken from the detector. */
const FAMILY =
  `佐藤 サトウ Sato|鈴木 スズキ Suzuki|高橋 タカハシ Takahashi|田中 タナカ Tanaka|伊藤 イトウ Ito|渡辺 ワタナベ Watanabe|山本 ヤマモト Yamamoto|中村 ナカムラ Nakamura
小林 コバヤシ Kobayashi|加藤 カトウ Kato|吉田 ヨシダ Yoshida|山田 ヤマダ Yamada|佐々木 ササキ Sasaki|山口 ヤマグチ Yamaguchi|松本 マツモト Matsumoto|井上 イノウエ Inoue
林 ハヤシ Hayashi|木村 キムラ Kimura|清水 シミズ Shimizu|山崎 ヤマザキ Yamazaki|森 モリ Mori|阿部 アベ Abe|池田 イケダ Ikeda|橋本 ハシモト Hashimoto|原 ハラ Hara
石川 イシカワ Ishikawa|前田 マエダ Maeda|長谷川 ハセガワ Hasegawa|藤原 フジワラ Fujiwara|岡 オカ Oka|関 セキ Seki|西田 ニシダ Nishida|星野 ホシノ Hoshino|吉川 ヨシカワ Yoshikawa
大西 オオニシ Onishi|辻 ツジ Tsuji|浜田 ハマダ Hamada|秋山 アキヤマ Akiyama|中西 ナカニシ Nakanishi|服部 ハットリ Hattori|樋口 ヒグチ Higuchi|永井 ナガイ Nagai|川口 カワグチ Kawaguchi
小松 コマツ Komatsu|荒木 アラキ Araki|早川 ハヤカワ Hayakawa|矢野 ヤノ Yano|浅野 アサノ Asano|飯田 イイダ Iida|本田 ホンダ Honda|宮田 ミヤタ Miyata|熊谷 クマガイ Kumagai|榎本 エノモト Enomoto
黒田 クロダ Kuroda|堀 ホリ Hori|水野 ミズノ Mizuno|片山 カタヤマ Katayama|五十嵐 イガラシ Igarashi|土屋 ツチヤ Tsuchiya|東 アズマ Azuma|須藤 ストウ Sudo|大久保 オオクボ Okubo|古川 フルカワ Furukawa
栗原 クリハラ Kurihara|安田 ヤスダ Yasuda|望月 モチヅキ Mochizuki|奥村 オクムラ Okumura|藤沢 フジサワ Fujisawa|成田 ナリタ Narita|杉本 スギモト Sugimoto|三宅 ミヤケ Miyake|長尾 ナガオ Nagao
宇野 ウノ Uno|比嘉 ヒガ Higa|仲村 ナカムラ Nakamura|金城 キンジョウ Kinjo|鶴田 ツルタ Tsuruta|白石 シライシ Shiraishi|玉城 タマキ Tamaki|鎌田 カマタ Kamata|日高 ヒダカ Hidaka|柏木 カシワギ Kashiwagi`
    .split(/[|\n]/)
    .map((line) => line.split(' '));

const GIVEN =
  `太郎 タロウ Taro|花子 ハナコ Hanako|一郎 イチロウ Ichiro|健太 ケンタ Kenta|美咲 ミサキ Misaki|翔太 ショウタ Shota|大輔 ダイスケ Daisuke|陽子 ヨウコ Yoko|直樹 ナオキ Naoki
恵子 ケイコ Keiko|誠 マコト Makoto|由美 ユミ Yumi|和也 カズヤ Kazuya|明美 アケミ Akemi|隆 タカシ Takashi|久美子 クミコ Kumiko|浩 ヒロシ Hiroshi|智子 トモコ Tomoko|大翔 ヒロト Hiroto|結衣 ユイ Yui
蓮 レン Ren|葵 アオイ Aoi|さくら サクラ Sakura|陽菜 ヒナ Hina|悠真 ユウマ Yuma|凛 リン Rin|真理子 マリコ Mariko|哲也 テツヤ Tetsuya|賢治 ケンジ Kenji|雅之 マサユキ Masayuki|慎一郎 シンイチロウ Shinichiro
千尋 チヒロ Chihiro|亜希子 アキコ Akiko|拓海 タクミ Takumi|和夫 カズオ Kazuo|幸子 サチコ Sachiko|正雄 マサオ Masao|ひかり ヒカリ Hikari|優斗 ユウト Yuto|彩香 アヤカ Ayaka|純一 ジュンイチ Junichi`
    .split(/[|\n]/)
    .map((line) => line.split(' '));

export interface Name {
  readonly family: string;
  readonly given: string;
  readonly familyKana: string;
  readonly givenKana: string;
  readonly familyLatin: string;
  readonly givenLatin: string;
}

export function name(random: Random): Name {
  const [family = '', familyKana = '', familyLatin = ''] = random.pick(FAMILY);
  const [given = '', givenKana = '', givenLatin = ''] = random.pick(GIVEN);
  return { family, given, familyKana, givenKana, familyLatin, givenLatin };
}
