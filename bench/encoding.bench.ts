import { detectEncoding } from '../src/extract/text-encoding.ts';
import { encodeJapanese } from '../test/fixtures/encode-japanese.ts';
import { name } from './detect-quality/names.ts';
import { Random } from './detect-quality/random.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const EACH = 3000;
/** Characters; the last of each is the longest it holds. */
const LENGTHS = [2, 4, 6, 10, 15, 20] as const;

const ENCODINGS = ['utf-8', 'shift_jis', 'euc-jp', 'iso-2022-jp', 'utf-16le', 'utf-16be'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** What people write in a file of one line. */
const MEMOS =
  '社外秘|極秘|取扱注意|至急|見積書|議事録|会議は三時から|資料を送ります|よろしくお願いします|名簿|顧客一覧|退職者|年末調整|給与明細|了解です|本日休業|連絡先|確認済み|未定|欠席|山田様へ|部長に電話|請求書在中|ﾃｽﾄ|ヤマダ タロウ|メモ|パスワード変更|鍵は机の中|明日提出|東京本社|大阪支店|健康診断|履歴書|契約更新|ありがとうございました|お疲れ様です|①と②を確認|㈱関所|髙橋﨑'.split(
    '|',
  );
const ADDRESSES =
  '東京都港区六本木1-2-3|大阪市北区梅田|札幌市中央区北一条西|横浜市西区|福岡市博多区博多駅前2丁目|那覇市泉崎|京都市|長野県松本市|高知県四万十市|鶴岡市馬場町'.split(
    '|',
  );

function sample(random: Random, kind: 'name' | 'address' | 'memo'): string {
  if (kind === 'memo') return random.pick(MEMOS);
  if (kind === 'address') return `${random.pick(ADDRESSES)}${random.chance(0.5) ? `${random.integer(1, 30)}番地` : ''}`;
  const { family, given, familyKana, givenKana } = name(random);
  return random.pick([
    family,
    `${family}${given}`,
    `${family} ${given}`,
    `${family}　${given}`,
    `${familyKana} ${givenKana}`,
    `${family}様`,
  ]);
}

/** The bytes, or null where the encoding has no such character. */
function encode(text: string, encoding: Encoding): Buffer | null {
  if (encoding === 'utf-8') return Buffer.from(text);
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  // Half-width kana are not in ISO-2022-JP (RFC 1468).
  if (encoding === 'iso-2022-jp' && /[\uff61-\uff9f]/.test(text)) return null;
  try {
    return encodeJapanese(text, encoding);
  } catch {
    return null;
  }
}

function isRead(bytes: Buffer, text: string): boolean {
  const encoding = detectEncoding(bytes);
  return encoding !== null && new TextDecoder(encoding).decode(bytes) === text;
}

/** How often the text of a very short file is read as it was written, by encoding and length. No marks at the beginning. */
export const bench: Bench = {
  name: 'encoding',
  title: 'Encoding of short Japanese files: read as written (%)',
  run(report) {
    const missed = new Map<string, number>();
    for (const encoding of ENCODINGS) {
      const right = new Map<number, number>();
      const all = new Map<number, number>();
      const random = new Random(SEED);
      for (const kind of ['name', 'address', 'memo'] as const) {
        for (let index = 0; index < EACH; index++) {
          const text = sample(random, kind) + random.pick(['', '', '\n', '\r\n']);
          const bytes = encode(text, encoding);
          const length = LENGTHS.find((longest) => text.trim().length <= longest);
          if (bytes === null || length === undefined) continue;
          all.set(length, (all.get(length) ?? 0) + 1);
          if (isRead(bytes, text)) right.set(length, (right.get(length) ?? 0) + 1);
          else
            missed.set(
              `${encoding}: ${text.trim()} as ${detectEncoding(bytes) ?? 'binary'}`,
              (missed.get(`${encoding}: ${text.trim()} as ${detectEncoding(bytes) ?? 'binary'}`) ?? 0) + 1,
            );
        }
      }
      for (const length of LENGTHS) {
        const count = all.get(length) ?? 0;
        if (count > 0)
          report({
            what: `${encoding}, up to ${length} characters`,
            value: ((right.get(length) ?? 0) / count) * 100,
            unit: '%',
            note: `${count} files`,
          });
      }
    }
    const worst = [...missed].toSorted((a, b) => b[1] - a[1]).slice(0, 20);
    for (const [what, count] of worst) report({ what: `missed ${what}`, value: count, unit: 'times' });
    return Promise.resolve();
  },
};
