import type { KeywordList } from '../../../contracts/effect.ts';
import type { Companion } from '../companion.ts';
import { normalise } from '../normalise.ts';
import { OwnTally } from './own-tally.ts';
import { type FeedWindow, TextFeed } from './text-feed.ts';
import { WordAutomaton } from './word-automaton.ts';

interface Entry {
  readonly word: string;
  /** Which lists hold it. */
  readonly lists: Set<number>;
}

interface Part {
  readonly automaton: WordAutomaton;
  readonly entries: readonly Entry[];
}

/** All word lists of a policy, prepared once for any number of files. */
export class Dictionary {
  readonly #lists: readonly KeywordList[];
  readonly #parts: readonly Part[];

  constructor(lists: readonly KeywordList[]) {
    this.#lists = lists;
    this.#parts = [partOf(lists, false), partOf(lists, true)].filter(({ entries }) => entries.length > 0);
  }

  companion(): Companion {
    const tallies = this.#lists.map(({ id }) => new OwnTally(id, 'high'));
    const feed = new TextFeed((window) => {
      for (const part of this.#parts) scan(part, window, tallies);
    });
    return {
      addText: (text, place) => feed.addText(text, place),
      addRow: (cells, place) => feed.addRow(cells, place),
      endRegion: () => feed.endRegion(),
      finish() {
        feed.endRegion();
        return { findings: tallies.flatMap((tally) => tally.findings()) };
      },
    };
  }
}

function partOf(lists: readonly KeywordList[], wholeWords: boolean): Part {
  const words = lists.flatMap(({ words: listed, 'whole-words': whole = false }, list) =>
    // A word of nothing but invisible characters would be found everywhere.
    whole === wholeWords ? listed.map((word) => ({ word, list, text: normalise(word) })).filter(({ text }) => text !== '') : [],
  );
  const automaton = new WordAutomaton(
    words.map(({ text }) => text),
    wholeWords,
  );
  const entries = words.map(({ word }): Entry => ({ word, lists: new Set() }));
  for (const [number, { list }] of words.entries()) entries[automaton.sameAs[number] ?? number]?.lists.add(list);
  return { automaton, entries };
}

function scan({ automaton, entries }: Part, { text, from, end, placeAt }: FeedWindow, tallies: readonly OwnTally[]): void {
  automaton.scan(text, from, end, (number, start) => {
    const entry = entries[number];
    if (entry === undefined) return;
    const { word, lists } = entry;
    // The words themselves are shown: an admin chose them to be looked for, and they stand in the policy anyway.
    for (const list of lists) {
      tallies[list]?.add({ value: number, reasons: ['policy-keyword'], sample: () => word, place: () => placeAt(start) });
    }
  });
}
