import { describe, expect, it } from 'vitest';
import { detectText, summary } from '../detect-text.ts';

const counted = (text: string): string[] =>
  summary(detectText(text)).filter((line) => line.startsWith('jp.person-name:') && !line.includes(':low:'));

describe('names in forms of data', () => {
  it.each([
    ['JSON', '{"氏名":"薮下 奈緒子","年齢":30}'],
    ['JSON without its space', '"氏名": "薮下奈緒子"'],
    ['a map in PHP or Ruby', "'患者氏名' => '薮下　奈緒子',"],
    ['XML', '<顧客氏名>薮下 奈緒子</顧客氏名>'],
    ['a row of HTML', '<th>氏名</th>\n      <td>薮下奈緒子</td>'],
    ['a list of HTML', '<dt>お名前</dt><dd class="name">薮下 奈緒子</dd>'],
    ['a name from abroad', '氏名：ジョアン・シルバ'],
    ['a name from abroad in JSON', '"氏名": "グエン・ヴァン・ナム"'],
    ['a reading', '氏名（カナ）：ヤブシタ　ナオコ'],
  ])('are found in %s', (_, text) => expect(counted(text)).toEqual(['jp.person-name:high:1']));

  it.each([
    ['JSON of schema.org (givenName, familyName)', '{"@type":"Person","givenName":"Taro","familyName":"Yamada"}', 'high'],
    ['JSON, the family first', '{"lastName":"Yamada","firstName":"Taro"}', 'high'],
    ['snake case over lines', '  "first_name": "Naoko",\n  "last_name": "Yabushita",\n', 'medium'],
    ['YAML', 'last_name: Yamada\nfirst_name: Taro\n', 'high'],
    ['a form of two fields', '氏名 姓 薮下 名 奈緒子', 'high'],
    ['JSON in Japanese', '{"lastName": "薮下", "firstName": "奈緒子"}', 'high'],
    ['XML', '<lastName>薮下</lastName><firstName>奈緒子</firstName>', 'high'],
    ['XML in Latin letters', '<last_name>Yamada</last_name><first_name>Taro</first_name>', 'high'],
    ['keys in Japanese', '{"姓":"薮下","名":"奈緒子"}', 'high'],
    ['elements in Japanese', '<姓>薮下</姓><名>奈緒子</名>', 'high'],
    ['labels', '姓: 薮下  名: 奈緒子', 'high'],
  ])('are found in two parts: %s', (_, text, confidence) => expect(counted(text)).toEqual([`jp.person-name:${confidence}:1`]));

  it.each([
    ['types of a schema', 'type User { firstName: String, lastName: String }'],
    ['columns of a table', 'first_name: varchar(255)\nlast_name: varchar(255)'],
    ['labels of a form', '"firstName": "First name", "lastName": "Last name"'],
    ['names of nobody', '{"firstName":"Foo","lastName":"Bar"}'],
    ['John Doe', '{"first_name":"John","last_name":"Doe"}'],
    ['members of code', 'return { firstName: user.firstName, lastName: user.lastName };'],
    ['a key without a value', '"氏名": "", "住所": ""'],
    ['a key whose value is a note', '"氏名": "未入力"'],
    ['a heading beside another', '<th>氏名</th><th>住所</th>'],
    ['a title', '<p>氏名変更届</p>'],
    ['a product', '"displayName": "Visual Studio Code"'],
  ])('are not found in %s', (_, text) => expect(counted(text)).toEqual([]));
});

describe('family names that are in no list', () => {
  it.each([
    '薮下奈緒子様、いつもお世話になっております。',
    '薮下 奈緒子 様',
    '昨日、薮下奈緒子さんから電話がありました。',
    '出席: 薮下 奈緒子（やぶした なおこ）',
    '氏名　薮下　奈緒子　印',
  ])('are found by what stands beside: %s', (text) => expect(counted(text)).toHaveLength(1));

  it.each(['株式会社みほん 御中', '関係者各位 様', '東京電力様、日本通運様', '港区立図書館（みなとくりつ としょかん）', '申込者様式 様'])(
    'are not found in %s',
    (text) => expect(counted(text)).toEqual([]),
  );

  it.each(['氏名山田太郎', '担当者氏名山田太郎'])('finds a name that is glued to its label: %s', (text) =>
    expect(counted(text)).toHaveLength(1),
  );
  it.each(['代表取締役会', '営業部長会議', '氏名変更届', '総務課'])('takes no title for a name: %s', (text) =>
    expect(counted(text)).toEqual([]),
  );

  // Of the ranking of the japanese-personal-name-dataset, below the first five hundred.
  it.each(['筒井和也', '八重樫 健太', '仲宗根さくら', '漆原恵子'])('are few: %s', (text) =>
    expect(counted(`出席者は${text}です。`)).toEqual(['jp.person-name:medium:1']),
  );
});
