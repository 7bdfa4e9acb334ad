import type { ReportHead, ScanSummary } from './report-schema.ts';
import type { ResultTable } from './result-table.ts';

/** What each form of a report is written from. */
export interface ReportSource {
  readonly head: ReportHead;
  readonly summary: ScanSummary;
  readonly results: ResultTable;
}

/** The text of a `scanReport`, an entry a line, in pieces: a report may be larger than memory. */
export function* jsonReport({ head, summary, results }: ReportSource): Generator<string> {
  yield `${JSON.stringify({ ...head, summary, folders: results.folders() }).slice(0, -1)},\n"files":[`;
  yield* entries(results.files());
  yield '],\n"errors":[';
  yield* entries(results.errors());
  yield '],\n"leftOut":[';
  yield* entries(results.leftOut());
  yield ']}\n';
}

function* entries(values: Iterable<unknown>): Generator<string> {
  let separator = '\n';
  for (const value of values) {
    yield `${separator}${JSON.stringify(value)}`;
    separator = ',\n';
  }
}
