import type { Finding, PersonCount, Place } from '../../contracts/finding.ts';
import { readCells, saysNothing } from './cells.ts';
import { CompanionFeed } from './companion-feed.ts';
import type { Companion } from './companion.ts';
import { DelimitedRow } from './delimited-row.ts';
import { DETECTORS } from './detectors/index.ts';
import { normalise } from './normalise.ts';
import { placeIn, shiftedRow } from './passage.ts';
import { Passages, type Reading } from './passages.ts';
import { PersonCounter } from './persons.ts';
import { type RowColumns, RowWriter, type WrittenRow } from './row-text.ts';
import { createScanner, type Candidate, type Reading as ScannerReading, type Surroundings } from './scanner/index.ts';
import type { ByteEncoding, Segment } from './segment.ts';
import { Sight } from './sight.ts';
import { Sources, type Source } from './sources.ts';
import { type ReadRow, TableReader } from './table-reader.ts';
import { Tally } from './tally.ts';
import type { RowMark } from './text-window.ts';
import { WideStrings } from './wide-strings.ts';

export interface Detection {
  readonly findings: Finding[];
  readonly persons: PersonCount;
}

export interface CollectorOptions {
  /** They read all text, which then is decoded as a whole. */
  readonly companions?: readonly Companion[];
}

const MOST_FINDINGS = 64;
/** Between two regions, so that no rule and no context reaches from one into the other. */
const SILENCE = new Uint8Array(1024);
const LINE_FEED = '\n';
/** Rows are given to the scanner together: to give a few bytes costs as much as to scan hundreds. */
const ROWS_TOGETHER = 16_384;
/** Longer texts are several sources: where in a text a byte is, is found by walking it. */
const LONGEST_TEXT = 32_768;
/** The scanner hands out a candidate at most so many bytes after its place was given to it. */
const SCANNER_LAG = 300_000;
/** What is not needed any more is let go of once in so many bytes. */
const SETTLING = 32_768;

/** What strings in UTF-16 may take before they are searched, between two pieces of their file. */
const MOST_WIDE = 1_000_000;

const MISS_KINDS = ['jp.my-number', 'jp.drivers-license', 'jp.corporate-number', 'credit-card'] as const;
/** Where candidates of a kind are read. */
const DETECTOR_OF_KIND = new Map<string, number>(DETECTORS.map(({ id }, index) => [id, index]));

/** Takes the segments of one file in order and says at the end what is in it. */
export class Collector {
  readonly #companions: readonly Companion[];
  readonly #feed: CompanionFeed | undefined;
  readonly #tally = new Tally();
  readonly #persons = new PersonCounter();
  readonly #tables = new TableReader();
  readonly #sources = new Sources();
  readonly #passages = new Passages(DETECTORS, this.#sources, (reading) => this.#read(reading));
  readonly #scanner = createScanner((candidate, surroundings) => this.#take(candidate, surroundings));
  readonly #rows = new RowWriter();
  /** The first and the last of the rows that stand together in a block and were not given to the scanner yet, and their bytes. */
  #firstRow: WrittenRow | undefined;
  #lastRow: WrittenRow | undefined;
  #rowBytes = 0;
  /** Columns of the last row that was read without its cells. */
  #columns: RowColumns | undefined;
  /** Those of binary bytes, searched behind them: a value may go on from one piece of bytes to the next. */
  readonly #wide = new WideStrings();
  readonly #encoder = new TextEncoder();
  #encoded = new Uint8Array();
  /** Bytes given to the scanner so far. */
  #offset = 0;
  #settled = 0;
  #region = 0;
  #isInRegion = false;
  #part: string | undefined;
  #sheet: string | undefined;

  constructor({ companions = [] }: CollectorOptions = {}) {
    this.#companions = companions;
    this.#feed = this.#companions.length === 0 ? undefined : new CompanionFeed(this.#companions);
  }

  add(segment: Segment): void {
    const { part, sheet } = segment.place;
    if (!this.#isInRegion || part !== this.#part || sheet !== this.#sheet) {
      this.#endRegion();
      this.#isInRegion = true;
      this.#part = part;
      this.#sheet = sheet;
    }
    if (segment.kind === 'row') {
      if (!(segment instanceof DelimitedRow && this.#addUnread(segment))) this.#addRows(this.#tables.read(segment));
      return;
    }
    this.#addRows(this.#tables.end());
    if (segment.kind === 'bytes') this.#addBytes(segment);
    else this.#addText(normalise(segment.text) + (segment.unfinished === true ? '' : LINE_FEED), segment.place);
  }

  finish(): Detection {
    this.#endRegion();
    this.#scanner.finish();
    this.#passages.flush();
    this.#tally.missText(MISS_KINDS, (kind) => this.#scanner.misses(kind));
    let findings = this.#tally.findings();
    let persons = this.#persons.count(this.#tally.settled());
    for (const companion of this.#companions) {
      const found = companion.finish();
      findings = [...findings, ...found.findings];
      persons = { from: Math.max(persons.from, found.persons?.from ?? 0), to: Math.max(persons.to, found.persons?.to ?? 0) };
    }
    return { findings: findings.slice(0, MOST_FINDINGS), persons };
  }

  #addBytes(segment: Extract<Segment, { kind: 'bytes' }>): void {
    const { bytes, encoding, place } = segment;
    this.#feed?.addBytes(segment);
    this.#push(place, { bytes, encoding }, undefined, bytes);
    if (encoding === 'binary') this.#wide.push(bytes);
    if (segment.unfinished !== true) this.#pushText(LINE_FEED, place);
    if (segment.unfinished !== true || this.#wide.length > MOST_WIDE) this.#addWide(segment.unfinished !== true);
  }

  #addWide(end: boolean): void {
    const text = this.#wide.take(end);
    if (text === '') return;
    const part = this.#part === undefined ? {} : { part: this.#part };
    this.#addText(text, this.#sheet === undefined ? part : { ...part, sheet: this.#sheet });
  }

  #addText(text: string, place: Place): void {
    this.#feed?.addText(text, place);
    this.#pushText(text, place);
  }

  #addRows(rows: readonly ReadRow[]): void {
    for (const read of rows) {
      const { row: segment, cells, isHeading, roles, types } = read;
      this.#feed?.addRow(cells, segment.place);
      const known = roles ?? types;
      if (known !== undefined && !isHeading) this.#persons.addRow(cells, known);
      this.#pushRow(read, readCells(read, this.#tally));
    }
  }

  /** Adds a row without a look at its cells, where they cannot say anything that the scanner does not. */
  #addUnread(row: DelimitedRow): boolean {
    if (this.#feed !== undefined || !this.#tables.isSettled(row.table)) return false;
    const { roles, types } = this.#tables;
    if (!saysNothing(roles ?? types)) return false;
    let columns = this.#columns;
    if (columns === undefined || columns.table !== row.table || columns.roles !== roles || columns.types !== types)
      columns = this.#columns = { table: row.table, roles, types, isHeading: false };
    const written = this.#rows.writeDelimited(row, columns);
    if (written !== undefined) this.#pushWritten(row.place, written);
    return written !== undefined;
  }

  #pushRow({ row: { table, place }, isHeading, roles, types }: ReadRow, cells: readonly string[]): void {
    const row = this.#rows.write(cells, { table, roles, types, isHeading });
    if (row.length < LONGEST_TEXT) this.#pushWritten(place, row);
    else this.#pushText(row.text, place, row);
  }

  #pushWritten(place: Place, row: WrittenRow): void {
    if (this.#lastRow?.isBefore(row) !== true) this.#giveRows();
    this.#addSource(place, row, row, row.size);
    this.#firstRow ??= row;
    this.#lastRow = row;
    this.#rowBytes += row.size;
    if (this.#rowBytes >= ROWS_TOGETHER) this.#giveRows();
  }

  /** Gives the scanner the rows that wait. */
  #giveRows(): void {
    if (this.#firstRow === undefined || this.#lastRow === undefined) return;
    const bytes = this.#firstRow.encodedTo(this.#lastRow);
    this.#firstRow = this.#lastRow = undefined;
    this.#rowBytes = 0;
    this.#give(bytes, 'utf-8');
  }

  #pushText(text: string, place: Place, row?: RowMark): void {
    if (text.length <= LONGEST_TEXT) return this.#pushPiece(text, place, row);
    let line = place.line ?? 0;
    for (let at = 0; at < text.length;) {
      let end = Math.min(text.length, at + LONGEST_TEXT);
      // Never between the halves of a surrogate pair.
      if (end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00) end--;
      const piece = text.slice(at, end);
      this.#pushPiece(piece, place.line === undefined ? place : { ...place, line }, row === undefined ? undefined : shiftedRow(row, at));
      if (row === undefined && place.line !== undefined) line += linesIn(piece);
      at = end;
    }
  }

  #pushPiece(text: string, place: Place, row: RowMark | undefined): void {
    this.#reserve(text.length);
    const { written } = this.#encoder.encodeInto(text, this.#encoded);
    this.#push(place, { text }, row, this.#encoded.subarray(0, written));
  }

  /** Room for so many characters in UTF-8. */
  #reserve(characters: number): void {
    if (this.#encoded.length < characters * 3) this.#encoded = new Uint8Array(Math.max(4096, characters * 6));
  }

  #push(place: Place, content: Source['content'], row: RowMark | undefined, bytes: Uint8Array): void {
    this.#giveRows();
    this.#addSource(place, content, row, bytes.length);
    this.#give(bytes, 'bytes' in content ? readingOf(content.encoding) : 'utf-8');
  }

  #addSource(place: Place, content: Source['content'], row: RowMark | undefined, length: number): void {
    const offset = this.#offset;
    this.#offset += length;
    this.#sources.add({ offset, end: this.#offset, region: this.#region, place, content, row });
  }

  /** Gives the scanner what the last sources hold. */
  #give(bytes: Uint8Array, reading: ScannerReading): void {
    this.#scanner.push(bytes, reading);
    const settled = this.#offset - bytes.length - SCANNER_LAG;
    if (settled < this.#settled + SETTLING) return;
    this.#settled = settled;
    this.#passages.flushBefore(settled);
    this.#sources.forget(Math.min(this.#passages.needed, settled));
  }

  #endRegion(): void {
    this.#addRows(this.#tables.end());
    if (this.#isInRegion) {
      this.#addWide(true);
      this.#feed?.endRegion();
      this.#giveRows();
      this.#scanner.push(SILENCE, 'utf-8');
      this.#offset += SILENCE.length;
    }
    this.#region++;
  }

  #take(candidate: Candidate, surroundings: Surroundings): void {
    const index = DETECTOR_OF_KIND.get(candidate.kind);
    if (index === undefined) return;
    if (!this.#glance(index, candidate, surroundings)) this.#passages.add(index, candidate.start, candidate.end, surroundings);
  }

  /** Judges a candidate of running text by its bytes, if that can be done. */
  #glance(index: number, candidate: Candidate, surroundings: Surroundings): boolean {
    const detector = DETECTORS[index];
    const { start, end } = candidate;
    if (detector?.glance === undefined || this.#passages.waitsFor(index, start)) return false;
    const source = this.#sources.at(start);
    if (source === undefined || source.row !== undefined) return false;
    const verdict = detector.glance(new Sight(candidate, surroundings, source));
    if (verdict === undefined) return false;
    if (verdict !== 'nothing') this.#tally.match(detector, verdict, undefined, () => placeIn(source, start));
    this.#passages.settle(index, end);
    return true;
  }

  #read({ detector, window, zones }: Reading): void {
    detector.scan(window, {
      match: (match) => {
        if (!zones.some(({ from, to }) => match.start >= from && match.start < to)) return;
        this.#tally.match(detector, match, window.columnAt(match.start), () => window.placeAt(match.start));
      },
    });
  }
}

function readingOf(encoding: ByteEncoding): ScannerReading {
  if (encoding === 'binary') return 'strings';
  return encoding === 'shift_jis' ? encoding : 'utf-8';
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
