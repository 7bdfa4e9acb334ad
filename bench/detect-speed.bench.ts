import { Collector } from '../src/core/detect/index.ts';
import { corpus } from './detect-quality/corpus.ts';
import { Random } from './detect-quality/random.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const CHARACTERS = 2_000_000;
const RUNS = 3;
const PIECE = 65_536;

/** What all detectors cost on text without anything to find, and on text full of it. Processor time of this one thread. */
export const bench: Bench = {
  name: 'detect-speed',
  title: 'Detection of text in memory, all detectors, one thread (characters per processor second)',
  run(report) {
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
      report({ what, value: text.length / 1_000_000 / seconds(text), unit: 'M chars/s' });
    }
    return Promise.resolve();
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
    yield segments.map((segment) => (segment.kind === 'text' ? segment.text : segment.cells.join('\t'))).join('\n');
  }
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

/** The best of a few runs: the first one compiles. */
function seconds(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    const collector = new Collector();
    for (let at = 0; at < text.length; at += PIECE)
      collector.add({ kind: 'text', text: text.slice(at, at + PIECE), place: { line: 1 }, unfinished: true });
    collector.finish();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000_000);
  }
  return best;
}
