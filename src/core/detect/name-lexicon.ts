/**
 * Words that names are made of. The family names cover some nine in ten people; the rest are found under a heading
 * or behind a label. Given names are too many to list: the characters that most of them are made of stand for them.
 */
const FREQUENT_FAMILY_NAMES =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 斉藤 齋藤 齊藤 清水 山崎 山﨑 森 池田 橋本 阿部 ' +
  '石川 山下 中島 中嶋 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 ' +
  '田村 中山 和田 石田 森田 上田 原 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 島田 嶋田 谷口 大野 高田 丸山 今井 河野 藤本 村田 武田 上野 杉山 増田 平野 ' +
  '大塚 千葉 久保 松井 小島 岩崎 桜井 櫻井 野口 松尾 野村 木下 菊地 菊池 佐野 大西 杉本 新井 浜田 濱田 菅原 市川 水野 小松 島崎 古川 小西 高野 山内 西田 ' +
  '西川 五十嵐 北村 安田 中田 川口 平田 川崎 飯田 吉川 本田 久保田 沢田 澤田 辻 関 吉村 渡部 岩田 中西 服部 樋口 福島 川上 永井 松岡 田口 山中 森本 土屋 矢野 ' +
  '秋山 石原 松下 大橋 馬場 松浦 吉岡 荒井 小池 浅野 荒木 大久保 野田 熊谷 黒田 堀 尾崎 望月 永田 内藤 西山 大島 東 堀田 松村 菅野 川村 早川 岡 本間 平井 ' +
  '大谷 森川 星野 坂口 奥村 桑原 小田 須藤 岩本 片山 広瀬 廣瀬 成田 大石 栗原 横田 白石 三宅 宮田 上村 高山 榎本 柳田 小山 小泉 津田 大川 大山 篠原 石橋 ' +
  '関口 田辺 田邊 児玉 大森 南 小倉 萩原 岸本 長田 川田 八木 福井 宮川 川島 石塚 平山 神田 植田 富田 根本 須田 鎌田 中井 三好 田島 向井 北川 山根 杉浦 岡崎 ' +
  '松原 稲垣 坂井 片岡 武藤 黒木 安部 古賀 小沢 小澤 荻野 天野 前川 栗田 井口 今村 牧野 町田 志村 角田 大原 甲斐 下田 大城 相馬 堤 宇野 若林 奥田 竹中 三上 ' +
  '河合 大内 佐久間 土井 三輪 藤川 戸田 滝沢 瀧澤 青山 江口 米田 内山 村井 篠田 川端 塚本 浅井 水谷 日高 井出 落合 徳永 吉野 長尾 小原 江藤 藤沢 藤澤 岩井 ' +
  '三谷 皆川 三木 桜庭 谷 畑 柳沢 細川 亀井 吉原 稲葉 小柳 丹羽 飯塚 花田 西尾 西野 古田 森下 梅田 宮下 安井 笠原 比嘉 金城 宮城 仲村 玉城 新垣 島袋 上原 ' +
  '平良 知念 照屋 下地 川原 有馬 岩下 松永 福永 徳田 堀内 堀江 堀口 神谷 金井 黒川 黒沢 黒澤 桑田 高島 高瀬 高松 高見 高井 竹田 竹本 竹村 武井 立石 田原 ' +
  '谷川 千田 塚田 土田 寺田 寺島 戸塚 富永 豊田 中尾 中原 永野 長野 長島 長嶋 西岡 西本 西沢 野崎 野中 橋爪 畠山 浜口 林田 早坂 原口 日野 平川 平松 福岡 福本 ' +
  '福原 福山 藤岡 藤野 藤村 藤森 古谷 古屋 星 細田 堀川 本多 前原 牧 正木 松崎 松山 松木 丸岡 丸田 三井 三島 三田 水口 水上 溝口 宮内 宮沢 宮澤 宮原 村山 ' +
  '村松 室井 門田 森山 森岡 守屋 矢島 安川 柳 柳原 山岸 山岡 山村 山川 山形 山野 湯浅 横井 吉井 吉沢 吉澤 吉本 若松 鷲尾 綾小路 鶴田 伊東 石黒 石丸 泉 磯部 ' +
  '板倉 市村 稲田 猪俣 今野 入江 岩瀬 上杉 植木 植村 臼井 内海 梅原 梅本 浦田 江川 榎 遠山 及川 大木 大沢 大澤 大竹 大槻 大友 大場 大平 大和田 岡部 岡野 岡村 ' +
  '荻原 奥山 尾形 緒方 小笠原 小野寺 小野田 折田 海老原 柏木 柏原 梶原 春日 勝又 加納 神山 川井 川本 川合 河村 河田 河原 河内 神崎 木原 木内 岸 岸田 北野 北原 ' +
  '喜多 木田 吉良 清田 窪田 熊田 倉田 桑野 小出 郡司 国分 小谷 児島 小杉 小森 小宮 近江 佐伯 坂田 坂井 坂上 佐川 笹川 佐竹 里見 沢 塩田 重松 柴崎 渋谷 島 島津 ' +
  '清野 下村 庄司 白井 白川 進藤 新谷 末永 中谷 多田 磯田 鳥原 廣田 広田 浅田 堀越 園部 長瀬 三村 倉本 勝田 矢部 池上 池内 石崎 石村 石山 市橋 一ノ瀬 一之瀬 今泉 岩城 岩間 岩永 内野 梅津 永田 江崎 大井 大倉 大関 大滝 大貫 大野木 大村 大和 岡島 岡林 奥 小椋 小田切 小幡 笠井 梶 梶田 金田 金丸 金森 上條 亀田 川瀬 川田 川野 川辺 神戸 菊田 岸田 北 北沢 北田 木山 日下 草野 楠 楠本 國分 熊沢 黒岩 香川 高坂 高津 小柴 小菅 小早川 駒井 小室 坂 坂東 桜木 笹本 佐瀬 沢村 塩谷 塩見 宍戸 品川 篠崎 芝 渋沢 島村 下山 菅井 杉江 杉野 鈴村 角 瀬尾 宗像 添田 曽根 高尾 高沢 高畑 高谷 財津 竹原 田崎 田沼 田淵 玉置 千野 茅野 辻本 津村 手塚 寺本 土肥 冨田 冨永 友田 豊島 中園 中嶌 中根 中沢 中澤 中田 中間 中道 仲田 永瀬 新田 西口 西原 新美 二宮 布施 根岸 野上 野沢 野澤 野島 野々村 萩野 橋口 橋田 長谷 畠中 蜂谷 浜崎 浜野 早瀬 東野 東山 久野 平賀 平岡 平沢 平林 深沢 深谷 福士 福地 福原 藤巻 藤山 船橋 古市 古沢 保坂 細谷 堀井 堀越 前島 前野 牧田 益田 増井 増山 町田 松川 松沢 松澤 松坂 松野 間宮 水島 三橋 峯 宮地 宮本 村岡 村瀬 村中 村野 村山 望月 本山 森口 森谷 森永 八代 矢部 谷田 山上 山城 山副 山辺 山室 山脇 横尾 横川 横溝 吉崎 吉武 吉永 吉松 吉見 米山 米沢 和泉 脇田 渡会 菅 菅谷 杉田 杉原 鈴村 瀬戸 瀬川 関根 仙波 曽我 園田 染谷 高岡 高倉 高梨 高宮 滝 滝口 滝川 竹下 田代 立花 田畑 玉井';
const MORE_FAMILY_NAMES =
  '榊原 椎名 東海林 朝比奈 伊集院 喜屋武 大河内 小鳥遊 月見里 鴨志田 海老沢 海老澤 道明寺 楠木 目黒 蛭田 竈門 纐纈 薬袋 安室 雲丹亀 沓名 蓮沼 羽田 羽鳥 羽生 半田 番場 稗田 肥後 土方 一柳 平尾 ' +
  '平木 平澤 平間 平本 平原 広沢 広川 広岡 深井 深澤 深田 福間 藤枝 藤江 藤尾 藤木 藤崎 藤島 藤代 藤城 藤谷 藤間 二村 船木 船越 舟橋 古畑 逸見 別府 保科 星川 細井 細野 本郷 本庄 本橋 前山 ' +
  '間瀬 又吉 町野 松倉 松葉 松丸 真鍋 真野 眞鍋 丸尾 丸本 三枝 三角 三沢 三澤 三瓶 三原 水田 水沼 水原 水町 溝上 満田 光永 南野 宮尾 宮坂 宮里 宮島 宮嶋 宮路 宮園 宮野 宮前 宮脇 明石 六車 ' +
  '武者 村木 村越 村本 室田 毛利 茂木 元木 本村 百瀬 森井 森内 森崎 森島 森脇 諸橋 矢崎 矢沢 矢田 柳井 柳川 柳瀬 柳本 矢吹 藪内 山浦 山添 山西 山元 吉江 吉成 吉森 米澤 輪島 涌井 鷲見 綿貫 ' +
  '亘理 相川 相沢 相澤 相田 相原 会田 青野 青柳 赤井 赤木 赤嶺 赤松 秋葉 秋元 秋吉 浅川 浅倉 朝倉 浅沼 浅見 芦田 芦沢 安住 麻生 足立 阿久津 安達 荒川 荒金 有田 有村 有吉 安西 安東 安蒜 飯島 ' +
  '飯嶋 飯野 飯村 生田 池本 石垣 石岡 石上 石倉 石沢 石澤 石本 石渡 磯崎 磯貝 板垣 市原 市来 一色 糸井 糸数 稲村 稲生 稲森 井原 今川 今田 今西 今福 岩倉 岩佐 岩沢 岩尾 岩渕 岩見 岩村 岩元 ' +
  '植竹 植松 上松 上林 氏家 宇佐美 宇佐見 臼田 内村 宇都宮 梅沢 梅澤 梅村 浦川 浦野 江島 榎田 榎戸 海老名 遠田 大泉 大内田 大江 大河原 大熊 大迫 大崎 大里 大下 大嶋 大隅 大田 大津 大坪 大庭 ' +
  '大沼 大畑 大林 大堀 大道 大峰 大宮 大家 大屋 大矢 大藪 大脇 大渕 岡澤 小笠 小方 沖田 荻田 奥井 奥川 奥谷 奥野 尾上 尾島 小高 織田 小田島 小沼 小野瀬 小畑 小浜 小山田 香取 加賀 加来 角谷 ' +
  '影山 笠松 風間 柏崎 片桐 片平 片渕 勝山 門脇 金澤 金沢 金山 兼子 加瀬 狩野 蒲田 上坂 神尾 亀岡 亀山 唐沢 唐澤 川岸 川嶋 川尻 川添 川面 川俣 川元 河本 神林 岸川 北岡 北島 北嶋 北出 北山 ' +
  '鬼頭 木野 木全 君島 木本 清川 日下部 草間 串田 楠田 国井 国本 久保寺 熊井 熊倉 熊崎 久米 蔵本 栗本 栗山 黒崎 黒須 黒瀬 黒沼 桑山 小岩 甲田 古河 古閑 小久保 小坂 小嶋 古城 小寺 小橋 小堀 ' +
  '小町 小峰 小峯 是枝 紺野 斎田 坂下 坂野 酒巻 阪口 阪本 崎山 笹井 佐々 笹岡 笹木 佐田 佐々岡 真田 佐谷 鮫島 沢井 澤井 沢口 三条 椎葉 塩川 塩崎 塩沢 志賀 重田 篠塚 芝田 柴山 渋川 清原 下川 ' +
  '下条 首藤 城間 白鳥 代田 神保 陣内 新川 新保 新城 末吉 末広 菅沼 杉崎 助川 砂川 住吉 諏訪 関川 関野 関谷 芹沢 芹澤 反町 田岡 高石 高浜 高原 高本 高森 高柳 滝本 田上 田窪 竹井 武市 竹沢 ' +
  '武石 武内 竹島 武部 竹山 多和田 田尻 立川 辰巳 立野 田野 田端 谷本 玉木 田丸 田宮 塚越 塚原 月岡 津久井 柘植 辻井 辻村 津島 土谷 都築 恒川 坪井 坪田 鶴岡 鶴見 寺井 寺岡 寺内 寺沢 寺澤 ' +
  '寺山 東郷 時田 常盤 徳丸 戸谷 友野 鳥居 鳥海 鳥越 内木 中江 中岡 中里 永沢 永島 永山 長岡 長沢 長澤 長沼 長友 長浜 中林 中平 中溝 中本 中森 名取 鍋島 並木 滑川 成瀬 成沢 新沼 新村 西井 ' +
  '西浦 西出 西谷 西部 西牧 西脇 二階堂 根津 野坂 野尻 能登 野本 野原 箱崎 蓮見 長谷部 畑中 波多野 八田 花岡 花房 浜本 濱口 濱本 早田 早野 原島 春山 針谷 阪東 樋渡 東田 疋田 久松 菱田 檜山 ' +
  '兵頭 兵藤 比留間';
/** Each of some 7,000 to 50,000 people, by the ranking of the japanese-personal-name-dataset; words that are more often no name are left out. */
const UNCOMMON_FAMILY_NAMES =
  '筒井 沼田 越智 難波 芳賀 橘 川畑 井手 葛西 外山 海野 井田 秦 土居 小関 平塚 富樫 田川 那須 高村 倉持 井川 須賀 富岡 土橋 矢口 木戸 依田 雨宮 石坂 寺尾 松元 宇田川 丹野 神野 江原 栗林 結城 川西 ' +
  '日比野 西島 飛田 手島 小玉 合田 有賀 志田 妹尾 池谷 中塚 柿沼 恩田 谷村 石野 古山 磯野 小栗 夏目 井本 田渕 持田 城戸 田所 若山 大浦 寺西 大高 井村 粕谷 長坂 玉田 鵜飼 米倉 秋本 岩谷 猪股 笹原 桜田 ' +
  '野呂 古橋 富沢 小俣 小口 小暮 安永 河西 鹿野 倉橋 花井 大越 寺崎 松谷 我妻 二瓶 神原 赤羽 川名 伊達 益子 滝田 野間 仲野 的場 須永 片野 江田 江頭 河上 照井 南雲 渥美 大岩 金原 久田 湯川 住田 安原 ' +
  '高須 松橋 河崎 増子 相良 金野 薄井 上岡 関本 西森 緑川 八巻 河井 梶山 垣内 仲宗根 浜中 尾関 水本 長山 小村 棚橋 牛島 松林 湯本 谷内 迫田 榊 小宮山 小竹 玉川 柿崎 柿本 塩野 梅木 赤塚 越川 田沢 向山 ' +
  '井沢 木島 宇田 高杉 植野 高林 畑山 西崎 名倉 福元 塙 犬飼 福沢 加茂 米谷 平石 袴田 鳴海 島本 西垣 森野 金本 安斎 村尾 志水 岩橋 木谷 伊沢 新里 衛藤 若杉 小熊 大杉 赤堀 小崎 庄子 小山内 川又 石毛 ' +
  '高塚 長嶺 宮村 板谷 高久 新藤 直井 飯沼 平岩 永松 米村 谷山 徳山 大上 安岡 桐山 水越 大須賀 猪狩 赤間 幸田 岩野 安江 竹之内 福留 生駒 柳沼 橋詰 平島 青島 須崎 村川 須貝 新山 猿渡 上西 深見 上島 矢作 ' +
  '小松崎 小塚 砂田 岩切 春田 長江 安本 塩原 新倉 竹谷 鬼塚 荒谷 石津 梶谷 真下 竹川 土岐 大岡 池野 加賀谷 安倍 佐原 磯村 岸野 清家 副島 大賀 武山 脇坂 守田 馬渕 犬塚 船津 戸村 菊川 堀尾 米川 井坂 佐山 ' +
  '須山 多賀 谷岡 若月 高城 梶川 坪内 亀谷 辻野 片倉 北条 北口 日置 杉谷 川北 宮武 大本 長内 江本 赤沢 伊波 柴原 巽 堀部 岡安 有本 藤倉 箕輪 安里 設楽 八島 姫野 細見 田山 田坂 赤尾 曽我部 小木曽 伊原 ' +
  '赤石 北浦 中込 辻田 深津 瀬戸口 牟田 真壁 江上 小松原 井関 若井 作田 横内 高垣 鳥山 古野 国吉 末松 半沢 末次 金川 露木 河津 永尾 二見 奥原 角野 上条 高良 梅野 岩上 藤平 下平 有川 深山 石神 白田 高畠 ' +
  '永吉 坂根 江尻 稲川 速水 折原 古家 白土 沖野 桐生 石森 池永 品田 永岡 八重樫 猪野 池原 正田 菱沼 錦織 井野 中崎 香月 矢内 湯田 宮部 笹田 泉谷 今岡 坂巻 白岩 渕上 宮永 湯沢 島野 仁科 門馬 小野塚 山際 ' +
  '飯尾 高桑 中瀬 松藤 宮岡 川久保 尾田 景山 木崎 野瀬 石島 中垣 青田 梅崎 赤池 木暮 北林 大月 福村 羽賀 一瀬 小黒 菅田 隅田 手嶋 浅岡 関戸 木元 諸岡 船山 碓井 伊佐 浦上 古瀬 阪田 遊佐 広野 北尾 河島 ' +
  '小河 鳥井 桝田 永谷 新妻 丹治 中元 山木 中橋 戸川 猪瀬 深瀬 浜島 綾部 杉岡 別所 春名 勝野 穂積 大串 久我 岩淵 内川 竹野 能勢 彦坂 北條 西嶋 上川 田仲 奥平 峯岸 北本 小牧 向後 田部 曾根 荒巻 押田 ' +
  '柚木 杉森 赤川 瓜生 山名 浦山 石谷 駒田 牛田 北井 吉住 金光 守谷 飯山 信田 谷中 前沢 寺門 宮井 栗栖 新野 櫛田 宇井 梶本 真島 田部井 津川 漆原 仲川 城田 中条 新海 門間 仲本 宇津木 熊木 谷崎 阪上 内堀 ' +
  '中辻 谷野 陶山 橋場 安野 横沢 堀之内 冨岡 青井 山之内 中上 今枝 米本 今津 二木 坂内 綿引 勝俣 平出 高安 荒田 沢野 小谷野 藤永 泉田 深野 山越 堀本 仁平 布川 中畑 中居 粟野 勝部 権田 広井 船田 大出 ' +
  '木幡 喜田 東谷 宮口 松平 東条 市野 水落 奥本 千原 水村 加地 田頭 武本 津野 柳下 坂部 向田 小貫 稲見 仁木 竹森 牛山 肥田 羽田野 真木 岡元 笹山 大窪 増本 新堀 兼田 松宮 三田村 斎木 市田 魚住 大藤 柿原 ' +
  '赤星 峰岸 丸谷 森元 大畠 倉島 永原 浜村 仲谷 本木 仲井 柳生 谷沢 諸星 荒牧 桐原 深町 金崎 鵜沢 沖本 坂倉 井藤 岩川 山森 寺村 平沼 武村 丹下 権藤 吉山 吉富 宮木 与那嶺 今関 三森 寺川 河端 小野沢 小滝 ' +
  '白崎 水沢 吉元 板東 冨山 清宮 仲里 谷津 江村 西内 春木 福崎 安村 佐古 脇本';
/** Characters with the older or the unofficial forms that registers keep for names. */
const VARIANTS: Readonly<Record<string, string>> = {
  高: '髙',
  崎: '﨑嵜',
  浜: '濵濱',
  辺: '邊邉',
  斎: '齋',
  斉: '齊',
  島: '嶋嶌',
  沢: '澤',
  桜: '櫻',
  広: '廣',
  滝: '瀧',
  国: '國',
  関: '關',
  真: '眞',
  徳: '德',
  黒: '黑',
  富: '冨',
  竜: '龍',
  塚: '塚',
};
const HAS_VARIANT = new RegExp(`[${Object.keys(VARIANTS).join('')}]`);
export const FAMILY_NAMES: ReadonlySet<string> = new Set(
  `${FREQUENT_FAMILY_NAMES} ${MORE_FAMILY_NAMES} ${UNCOMMON_FAMILY_NAMES}`.split(' ').flatMap(withVariants),
);

function withVariants(name: string): string[] {
  if (!HAS_VARIANT.test(name)) return [name];
  const variants = Object.entries(VARIANTS).flatMap(([usual, others]) =>
    name.includes(usual) ? Array.from(others, (other) => name.replace(usual, other)) : [],
  );
  return [name, ...variants];
}

/** Given names of one character, and those whose characters mean other things as well. */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  (
    '誠 隆 浩 蓮 葵 凛 翔 学 進 勇 実 茂 豊 清 博 修 薫 忍 恵 緑 楓 樹 律 湊 陽 悠 健 徹 渉 聡 亮 翼 光 明 剛 勝 昇 弘 守 稔 誉 望 翠 紬 杏 桜 梓 遥 茜 舞 愛 瞳 ' +
    '太郎 次郎 三郎 一郎 花子 大輔 大介 大樹 大翔 大地 拓海 拓也 海斗 海 千尋 千春 千夏 千秋 真理 真央 美空 光一 正 正雄 一 一樹 一男 一美 幸 幸子 幸男 和 和夫 和子 和也 ' +
    '彩 潤 凜 渚 栞 碧 蒼 司 武 豪 仁 拓 淳 純 旬 駿 隼 響 暁 昴 要 歩 優 操 円 梢 静 萌 唯 雅 綾 保 昭 巌 猛 毅 敦 篤 聖 哲 覚 亘 宏 寛 洋 靖 康 泰 崇 貴 敏 諭 智 悟 衛 護 馨 瞬 匠 ' +
    '創 奏 慧 慶 啓 圭 凪 絆 結 心 詩 藍 椿 菫 蘭 雫 鈴 怜 玲 麗 優子 勇気 元気 大気 凛太郎 凜太郎 凛花 凜花 節子 節夫 節 禎 繁 勉 清志 喜 薫子 ' +
    '栄 栄一 孝 孝子 孝之 信 信夫 弥生 小百合 百合子 百恵 里美 里奈 早苗 早紀 七海 八重子 晴 晴子 秋子 春子 春樹 夏美 夏希 冬馬 雪 雪子 月子 星 星奈 空 陸 航 航平'
  ).split(' '),
);

/** First and last characters of given names of two and three characters. */
export const GIVEN_FIRST: ReadonlySet<string> = new Set(
  '凛凜節紬湊絆翠煌琉瑠瑞皓磨禎笑絃緋芙茉藍詩誉豪隼雛鞠馨駿杜椿澪滉潔穣舜莞辰遊郷愛亜彩朱明秋晃昭章朗旭敦篤淳純順惇綾絢彬伊衣郁育一壱樹逸伊雲恵英栄永瑛悦江絵大音温佳夏香花華可加果嘉海魁凱快開岳学楽一和勝克要叶栞寛完幹勘環喜貴季希記基紀樹輝葵菊吉久弓京恭杏響暁欣恵啓慶圭敬景桂蛍健憲謙賢建拳顕元玄源弦琴小古湖虎功光公孝宏幸広弘康浩航耕行克駒瑚沙紗佐咲桜早聡里莉理里実三冴才彩斎作朔佐士志史司嗣茂滋慈次治静忍柴周修秀柊舟脩俊春駿順淳准潤純旬初渚奨将昌昇尚正匠祥翔勝晶章鈴信慎真眞晋進新仁心紳深須寿澄世成政清誠聖星征晴静雪千泉善然蒼壮奏颯草爽想早総創宗壮太泰大代孝隆貴高崇卓拓匠武竹達立民多珠環力竹千智知茶忠宙長朝暢津月紬努剛強毅鉄哲徹天典伝都斗藤冬登東瞳透桃敏利俊寿年友朋智知那菜奈直尚永夏波七南成信宣伸展延乃野法憲則徳典葉羽陽遥春晴治花英秀仁史久寿尚妃姫陽響平浩弘宏広博寛洋裕大楓風富福房冬史文郁典穂歩邦芳宝睦牧眞誠真麻舞槙正昌雅将政勝麻益満光充碧実美海未道通路緑稔南峰宗村睦明芽恵萌桃守基元素森弥也八康泰保安靖優悠雄勇有佑祐由結友裕侑唯柚夕雪行幸之征代陽耀葉洋吉義良由美嘉慶芳頼来楽蘭里理梨莉璃陸竜龍隆亮涼良諒凌遼怜玲麗礼零蓮連路朗和若渉倭久'.split(
    '',
  ),
);
export const GIVEN_LAST: ReadonlySet<string> = new Set(
  '子美郎太介助輔夫雄男彦哉也矢弥人斗翔登香佳華花菜奈那南名恵江枝絵衣依代世乃野穂帆保歩織央音音海未実里理莉梨紗沙咲希紀季貴樹輝生起己喜基希一壱市二次治司志史士至姿之幸行雪由有夕優結友子乃葉羽波巴春治晴明昭章晃彰秋光広宏弘浩裕大博寛洋平兵朗朔良亮遼涼諒陵真眞馬磨摩麻誠信伸慎心進新仁人孝隆貴高崇敬考武剛健賢憲謙建康靖泰安保正政雅昌将勝克俊敏利寿年智知朋哲鉄徹道通典則徳範規紀憲法義芳吉慶嘉宜愛彩綾菫桜楓葵蓮凛澄純潤淳順准吾悟梧作朔咲策蔵造三五六七八九十郁都登冬灯空星月陽日妃姫珠瑠留流璃梨蘭鈴琴玲怜礼麗伶弓由夢萌芽実穂紬史文美充満光満稔豊富登昇祥翔尚直久央寿恒常丈久尋博栄英永瑛詠衛恵慧圭啓敬慶桂蛍継元源弦音温恩花香茂重繁滋司治春俊駿瞬峻'.split(
    '',
  ),
);
export const KANA_GIVEN_NAMES: ReadonlySet<string> = new Set(
  'ゆうこ ようこ ひろみ ひろこ けいこ よしこ かずこ のりこ ともこ まさこ じゅんこ くみ るみ なみ みき ゆき ゆか りか あや あい まい めい さき さち なな はな はる ゆう れい ここな ひな みお りお かな あんな りな えりか まりこ ゆみこ さおり ちか ちえ ちえこ みか みほ みさき まさみ きよみ えみこ まなみ あやか あやの ななみ ゆいな ひまわり たろう けんた しょうた だいすけ ゆうき ゆうた はると そら かいと りく りょう けん じゅん まこと つよし ひろし たかし さとし きよし ただし やすし たけし あつし まさし ヒロコ ヨウコ ケイコ ユウコ マリコ エリカ ルミ レイ リナ カレン ナオミ ケン ジュン さくら ひかり あおい ひなた さやか あかり みどり まどか かおり さおり しおり ゆかり ひとみ めぐみ なおみ あゆみ まゆみ くみこ えみ えり まり ゆり ゆい みゆき あすか はるか かなえ のぞみ こころ つむぎ ひまり りん たまき ちひろ いずみ すみれ ほのか わかな なつみ みなみ エミ エリ マリ ユリ アンナ サキ リサ ミカ ナナ カズコ'.split(
    ' ',
  ),
);
const LATIN_NAMES = new Set(
  (
    'abe akiyama ando aoki arai araki asano baba chiba endo fujii fujimoto fujita fujiwara fukuda fukushima goto hamada hara harada hasegawa hashimoto hattori hayashi higuchi ' +
    'hirano hirata honda hori hoshino igarashi iida ikeda imai inoue ishida ishihara ishii ishikawa ito itoh iwasaki kaneko kato katayama kawaguchi kawasaki kikuchi kimura kobayashi ' +
    'kojima komatsu kondo kono kubo kudo kumagai kuroda maeda maruyama masuda matsuda matsui matsumoto matsuo mishima miura miyake miyamoto miyata miyazaki mizuno mochizuki mori morita murakami murata ' +
    'nagai nakagawa nakajima nakamura nakanishi nakano nakayama narita nishida nishimura nishiyama noda noguchi nomura ogawa okada okamoto okubo okumura ono onishi ota otsuka saito ' +
    'sakai sakamoto sakurai sano sasaki sato satoh seki shibata shimada shimizu sudo sugimoto sugiyama suzuki takada takagi takahashi takano takeda takeuchi tamura tanaka taniguchi ' +
    'tsuchiya tsuji uchida ueda ueno wada watanabe yamada yamaguchi yamamoto yamashita yamazaki yano yasuda yokoyama yoshida yoshikawa ' +
    'smith johnson williams brown jones miller davis wilson anderson taylor thomas moore martin lee thompson white harris clark lewis robinson walker young allen king wright scott ' +
    'james john robert michael william david richard joseph mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy emily anna kim park wang zhang nguyen tran ' +
    'taro hanako ichiro jiro kenta misaki shota daisuke yoko naoki keiko makoto yumi kazuya akemi takashi hiroshi tomoko hiroto yui aoi yuki kenji tetsuya kumiko akiko mariko'
  ).split(' '),
);
/** Every character that a family name begins with. */
export const FAMILY_BEGINNINGS = [...new Set(Array.from(FAMILY_NAMES, (name) => name[0]))].join('');
const LONGEST_FAMILY_NAME = 3;
const ONLY_HAN = /^[\p{Script=Han}々ヶケ]+$/u;
const LATIN_NAME = /^[A-Za-z][A-Za-z'.-]+(?:,? [A-Za-z][A-Za-z'.-]*){1,3}$/;

export function beginsWithFamilyName(run: string): boolean {
  return FAMILY_NAMES.has(run.slice(0, 2)) || FAMILY_NAMES.has(run.slice(0, 1)) || FAMILY_NAMES.has(run.slice(0, 3));
}

export function isFamilyName(text: string): boolean {
  return FAMILY_NAMES.has(text);
}

/** Whether a run of characters behind a family name may be a given name. */
export function isGivenName(text: string): boolean {
  if (GIVEN_NAMES.has(text) || KANA_GIVEN_NAMES.has(text)) return true;
  if (text.length < 2 || text.length > 3 || !ONLY_HAN.test(text)) return false;
  return GIVEN_FIRST.has(text[0] ?? '') && GIVEN_LAST.has(text[text.length - 1] ?? '');
}

/**
 * Length of the family name at the start of a run of Han characters whose rest is a given name, or 0. A family name of one
 * character is too common a character: only a listed given name of two or more makes it one.
 */
export function familyNameLength(run: string): number {
  for (let length = Math.min(LONGEST_FAMILY_NAME, run.length - 1); length > 0; length--) {
    const given = run.slice(length);
    if (!FAMILY_NAMES.has(run.slice(0, length)) || !isGivenName(given)) continue;
    if (length > 1 || (given.length > 1 && GIVEN_NAMES.has(given)) || /[子郎美]$/.test(given)) return length;
  }
  return 0;
}

/** Whether a whole cell or label's value reads as a person's name. */
export function isLikelyName(text: string): boolean {
  const plain = text.trim().replace(/ ?(?:様|殿|さん|氏)$/, '');
  if (plain.length < 2 || plain.length > 40) return false;
  if (LATIN_NAME.test(plain)) return isLatinName(plain);
  const [family = '', given, more] = plain.split(' ');
  if (more !== undefined) return false;
  if (given === undefined) return familyNameLength(family) > 0 || startsWithFamilyName(family);
  if (!ONLY_HAN.test(family) || family.length > 4 || given.length > 5) return false;
  return isFamilyName(family)
    ? /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々ー]+$/u.test(given)
    : family.length < 4 && isGivenName(given);
}

export function isLatinName(text: string): boolean {
  return text
    .toLowerCase()
    .split(/[ ,]+/)
    .some((word) => LATIN_NAMES.has(word));
}

/** A family name with a given name in kana behind it: 田中さくら. */
function startsWithFamilyName(text: string): boolean {
  for (let length = LONGEST_FAMILY_NAME; length > 1; length--) {
    if (FAMILY_NAMES.has(text.slice(0, length)) && KANA_GIVEN_NAMES.has(text.slice(length))) return true;
  }
  return false;
}

/** What forms and lists say where a name should be. */
const NO_NAME =
  /^(?:未記入|未定|未入力|同上|別紙|不明|匿名|記入|必須|任意|以下|上記|省略|該当|欄|住所|電話|生年月日|印(?:鑑)?$|一覧|変更|部署|所属|年齢|性別|以上|以下余白|余白|合計|総計|小計|累計|総数|件数|人数|平均|計$|なし$|無し$)|^[0-9,]+ ?[名人件]?$|^(?:(?:sub|grand )?total|sum|average|n\/?a|none|unknown|anonymous|test|admin|administrator|root)$|(?:部|課|係|室|社|店|所|局|組合|会|様式|センター|住所|番号|御中)$/i;
const COMPANY = /株式会社|有限会社|合同会社|\([株有]\)|[財社]団法人|医療法人|学校法人|\b(?:inc|ltd|llc|corp|corporation|gmbh)\b/i;

/** Whether what stands in a name's place is none: a note, a total, a department. */
export function isNoName(text: string): boolean {
  return NO_NAME.test(text) && !isFamilyName(text);
}

export function isCompanyName(text: string): boolean {
  return COMPANY.test(text);
}
