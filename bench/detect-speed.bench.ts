import type { InspectionLimits } from '../src/contracts/finding.ts';
import { Collector, type Segment } from '../src/core/detect/index.ts';
import { bufferSource, extractFile } from '../src/extract/index.ts';
import { corpus } from './detect-quality/corpus.ts';
import { Random } from './detect-quality/random.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const CHARACTERS = 2_000_000;
const RUNS = 3;
const PIECE = 65_536;
const CUSTOMERS = 30_000;
const PARAGRAPHS = 60_000;
const LIMITS: InspectionLimits = {
  maxBytes: 2 ** 30,
  maxMillis: 300_000,
  maxDepth: 5,
  maxEntries: 10_000,
  maxRatio: 200,
  maxExpandedBytes: 2 ** 31,
  maxMemoryBytes: 2 ** 29,
};

/** What all detectors cost on text without anything to find, and on text full of it. Processor time of this one thread. */
export const bench: Bench = {
  name: 'detect-speed',
  title: 'Detection in memory, all detectors, one thread (per processor second)',
  async run(report) {
    const random = new Random(SEED);
    const texts = {
      'source code, no anchors': filled(
        () => `export function ${word(random)}(${word(random)}: ${word(random)}): boolean { return ${word(random)}; }\n`,
      ),
      'Japanese prose, no anchors': filled(() => random.pick(PROSE)),
      'log lines': filled(
        () => `2026-11-22T10:${random.integer(10, 59)}:00Z level=info id=${random.digits(16)} took=${random.digits(3)}ms\n`,
      ),
      'generated corpus (mostly findings)': filled(cycled(() => generated())),
    };
    for (const [what, text] of Object.entries(texts)) {
      const bytes = Buffer.from(text);
      report({ what: `${what}: as bytes`, value: bytes.length / 1e6 / (await seconds(() => detectBytes(bytes))), unit: 'MB/s' });
      report({ what: `${what}: as text`, value: bytes.length / 1e6 / (await seconds(() => detectTexts(pieces(text)))), unit: 'MB/s' });
    }
    const paragraphs = Array.from({ length: PARAGRAPHS }, () => random.pick(PROSE).repeat(random.integer(1, 4)).slice(0, -1));
    const length = paragraphs.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    report({
      what: 'paragraphs of an office document',
      value: length / 1e6 / (await seconds(() => detectTexts(paragraphs))),
      unit: 'MB/s',
    });
    const customers = customerList(random);
    report({
      what: 'csv of customers, 20 columns, parsed and counted',
      value: customers.length / 1e6 / (await seconds(() => inspectTable(customers))),
      unit: 'MB/s',
    });
  },
};

const PROSE = [
  '本日の会議は第二会議室で行います。\n',
  '資料は共有フォルダーに置きましたので、ご確認ください。\n',
  '次回は来月の予定です。欠席のかたはお知らせください。\n',
];

function word(random: Random): string {
  return random.characters('abcdefghijklmnoprstuvwy', random.integer(3, 12));
}

function filled(more: () => string): string {
  const parts: string[] = [];
  for (let length = 0; length < CHARACTERS; length += parts[parts.length - 1]?.length ?? 0) parts.push(more());
  return parts.join('');
}

function* generated(): Generator<string> {
  for (const { segments } of corpus(SEED, { each: 40, documents: 20 })) {
    yield segments.map((segment) => segmentText(segment)).join('\n');
  }
}

function segmentText(segment: Segment): string {
  if (segment.kind === 'row') return segment.cells.join('\t');
  return segment.kind === 'text' ? segment.text : new TextDecoder().decode(segment.bytes);
}

function cycled(start: () => Generator<string>): () => string {
  let source = start();
  return () => {
    let next = source.next();
    if (next.done === true) {
      source = start();
      next = source.next();
    }
    return next.done === true ? '\n' : `${next.value}\n`;
  };
}

function detectBytes(bytes: Uint8Array): void {
  const collector = new Collector();
  for (let at = 0; at < bytes.length; at += PIECE) {
    collector.add({ kind: 'bytes', bytes: bytes.subarray(at, at + PIECE), encoding: 'utf-8', place: { line: 1 }, unfinished: true });
  }
  collector.finish();
}

function pieces(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, index) => text.slice(index * PIECE, (index + 1) * PIECE));
}

function detectTexts(texts: readonly string[]): void {
  const collector = new Collector();
  for (const text of texts) collector.add({ kind: 'text', text, place: { line: 1 }, unfinished: true });
  collector.finish();
}

/** As a shop exports it: six columns say who someone is, fourteen what they bought. */
function customerList(random: Random): Uint8Array {
  const heading =
    '会員番号,氏名,フリガナ,性別,生年月日,郵便番号,住所,電話番号,携帯番号,メールアドレス,勤務先,部署,役職,登録日,更新日,ランク,ポイント,購入回数,購入金額,備考';
  const rows = Array.from({ length: CUSTOMERS }, (_, row) => {
    const two = (most: number): string => String(random.integer(1, most)).padStart(2, '0');
    const [family, given] = [random.pick(['佐藤', '鈴木', '高橋', '田中', '伊藤']), random.pick(['太郎', '花子', '健太', '美咲', '翔太'])];
    const address = `東京都新宿区西新宿${random.integer(1, 8)}-${random.integer(1, 20)}-${random.integer(1, 20)}`;
    const phones = `03-${random.integer(1000, 9999)}-${random.integer(1000, 9999)},090-${random.integer(1000, 9999)}-${random.integer(1000, 9999)}`;
    const person = `M${random.digits(7)},${family} ${given},サトウ タロウ,女,19${random.integer(50, 99)}/${two(12)}/${two(28)}`;
    const contact = `${random.digits(3)}-${random.digits(4)},${address},${phones},user${row}@kaisha.co.jp`;
    return `${person},${contact},株式会社見本,営業部,課長,2024-${two(12)}-05,2026-${two(12)}-05,A,${random.digits(4)},${two(30)},${random.digits(6)},特になし`;
  });
  return Buffer.from(`${heading}\n${rows.join('\n')}\n`);
}

async function inspectTable(bytes: Uint8Array): Promise<void> {
  const collector = new Collector();
  await extractFile(bufferSource(bytes), { limits: LIMITS, now: () => performance.now(), emit: (segment) => collector.add(segment) });
  collector.finish();
}

/** The best of a few runs: the first one compiles. */
async function seconds(work: () => void | Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000_000);
  }
  return best;
}
