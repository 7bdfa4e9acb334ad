import type { KeywordList } from '../../contracts/effect.ts';
import type { Finding, PersonCount } from '../../contracts/finding.ts';
import type { Companion } from './companion.ts';
import type { Detector, Report } from './detector.ts';
import { DETECTORS } from './detectors/index.ts';
import { keywordDetectors } from './detectors/policy-keywords.ts';
import { normalise } from './normalise.ts';
import { PersonCounter } from './persons.ts';
import type { Segment } from './segment.ts';
import { type ReadRow, TableReader } from './table-reader.ts';
import { Tally } from './tally.ts';
import { CONTEXT_REACH, countLines, TextWindow, type Mark } from './text-window.ts';

/** Characters scanned at once. Memory and the cost of one hostile pattern are bounded by it, not by the file. */
const WINDOW = 65_536;
/** No match is longer; one that begins in the last `LOOK_AHEAD` characters waits for the next window. */
const LOOK_AHEAD = 1024;

export interface Detection {
  readonly findings: Finding[];
  readonly persons: PersonCount;
}

export interface CollectorOptions {
  readonly keywords?: readonly KeywordList[];
  /** Read all text, which then is decoded as a whole. */
  readonly companions?: readonly Companion[];
}

const MOST_FINDINGS = 64;

/** Takes the segments of one file in order and says at the end what is in it. */
export class Collector {
  readonly #detectors: readonly Detector[];
  readonly #companions: readonly Companion[];
  readonly #tally = new Tally();
  readonly #persons = new PersonCounter();
  readonly #tables = new TableReader();
  #text = '';
  /** Matches before this offset were counted with the last window. */
  #counted = 0;
  #marks: Mark[] = [];
  #region = '\n';

  constructor({ keywords = [], companions = [] }: CollectorOptions = {}) {
    this.#detectors = [...DETECTORS, ...keywordDetectors(keywords)];
    this.#companions = companions;
  }

  add(segment: Segment): void {
    const region = `${segment.place.part ?? ''}\n${segment.place.sheet ?? ''}`;
    if (region !== this.#region) this.#endRegion(region);
    if (segment.kind === 'row') this.#addRows(this.#tables.read(segment));
    else {
      this.#addRows(this.#tables.end());
      this.#addText(segment);
    }
    while (this.#text.length - this.#counted >= WINDOW + LOOK_AHEAD) this.#scan(this.#counted + WINDOW);
  }

  finish(): Detection {
    this.#endRegion('');
    let findings = this.#tally.findings();
    let persons = this.#persons.count(this.#tally.settled());
    for (const companion of this.#companions) {
      const found = companion.finish();
      findings = [...findings, ...found.findings];
      persons = { from: Math.max(persons.from, found.persons?.from ?? 0), to: Math.max(persons.to, found.persons?.to ?? 0) };
    }
    return { findings: findings.slice(0, MOST_FINDINGS), persons };
  }

  #addText(segment: Extract<Segment, { kind: 'text' }>): void {
    this.#marks.push({ offset: this.#text.length, place: segment.place });
    const text = normalise(segment.text) + (segment.unfinished === true ? '' : '\n');
    for (const companion of this.#companions) companion.addText(text, segment.place);
    this.#text += text;
  }

  #addRows(rows: readonly ReadRow[]): void {
    for (const { row: segment, cells, isHeading, roles, types } of rows) {
      for (const companion of this.#companions) companion.addRow(cells, segment.place);
      const known = roles ?? types;
      if (known !== undefined && !isHeading) this.#persons.addRow(cells, known);
      const cellOffsets: number[] = [];
      let line = '';
      for (const cell of cells) {
        cellOffsets.push(line.length);
        line += `${cell}\t`;
      }
      const columns = roles === undefined ? (types === undefined ? {} : { types }) : { roles, isHeading };
      const row = { table: segment.table, cellOffsets, length: line.length, ...columns };
      this.#marks.push({ offset: this.#text.length, place: segment.place, row });
      this.#text += `${line}\n`;
    }
  }

  #endRegion(next: string): void {
    this.#addRows(this.#tables.end());
    if (this.#text.length > this.#counted) this.#scan(this.#text.length);
    this.#text = '';
    this.#marks = [];
    this.#counted = 0;
    this.#region = next;
    for (const companion of this.#companions) companion.endRegion();
  }

  /** Counts the matches that begin before `end`, then keeps only what the next window needs as context. */
  #scan(end: number): void {
    // A run of text may be far longer than a window: what lies beyond the look-ahead is not looked at twice.
    const window = new TextWindow(this.#text.slice(0, Math.min(this.#text.length, end + LOOK_AHEAD)), this.#marks);
    for (const detector of this.#detectors) detector.scan(window, this.#report(detector, window, end));
    this.#forget(Math.max(0, end - CONTEXT_REACH), end);
  }

  #report(detector: Detector, window: TextWindow, end: number): Report {
    const from = this.#counted;
    return {
      match: (match) => {
        if (match.start < from || match.start >= end) return;
        this.#tally.match(detector, match, window.columnAt(match.start), () => window.placeAt(match.start));
      },
      miss: (start) => {
        if (start >= from && start < end) this.#tally.miss(detector, window.columnAt(start));
      },
    };
  }

  #forget(before: number, counted: number): void {
    const kept = this.#marks.findLastIndex((mark) => mark.offset <= before);
    const marks = this.#marks.slice(Math.max(0, kept));
    const [first] = marks;
    if (first !== undefined && first.offset < before) marks[0] = moved(first, this.#text, before);
    this.#marks = marks.map((mark) => ({ ...mark, offset: mark.offset - before }));
    this.#text = this.#text.slice(before);
    this.#counted = counted - before;
  }
}

/** The mark as it stands further on in its own text. */
function moved(mark: Mark, text: string, to: number): Mark {
  if (mark.row !== undefined) {
    const passed = to - mark.offset;
    const row = { ...mark.row, cellOffsets: mark.row.cellOffsets.map((offset) => offset - passed), length: mark.row.length - passed };
    return { ...mark, offset: to, row };
  }
  if (mark.place.line === undefined) return { ...mark, offset: to };
  return { offset: to, place: { ...mark.place, line: mark.place.line + countLines(text, mark.offset, to) } };
}
