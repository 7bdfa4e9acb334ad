/** One line of a benchmark's table. `ratio` is ours to the peer's in the same run; above 1 we are better. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
  readonly note?: string;
}

/** Each file `bench/<name>.bench.ts` exports one of these as `bench`. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  run(report: (row: BenchRow) => void): Promise<void>;
}
