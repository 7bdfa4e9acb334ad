import { closeSync, fstatSync, openSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { InspectionLimits } from '../contracts/finding.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { type BuilderColumn, type BuiltEdm, EdmBuilder } from '../core/detect/own-data/index.ts';
import type { Segment } from '../core/detect/index.ts';
import { extractFile, fileSource } from '../extract/index.ts';

/** The organisation's own file: as large as it likes. */
export const NO_LIMITS: InspectionLimits = {
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxMillis: Number.MAX_SAFE_INTEGER,
  maxDepth: 5,
  maxEntries: Number.MAX_SAFE_INTEGER,
  maxRatio: Number.MAX_SAFE_INTEGER,
  maxExpandedBytes: Number.MAX_SAFE_INTEGER,
  maxMemoryBytes: Number.MAX_SAFE_INTEGER,
};
/** The heading is among the first lines, as in detection. */
const HEADING_ROWS = 20;

export interface ExactDataTable {
  readonly path: string;
  /** By their headings, the primary one first. */
  readonly columns: readonly BuilderColumn[];
  readonly key: Uint8Array;
  readonly progress?: (rows: number) => void;
}

/** `buildExactData` of the door. */
export async function buildExactData({ path, columns, key, progress }: ExactDataTable): Promise<Result<BuiltEdm, string>> {
  const builder = new EdmBuilder(key, columns);
  let chosen: readonly number[] | null = null;
  let table: number | undefined;
  let rows = 0;
  let seen: readonly string[] = [];
  const take = (segment: Segment): void => {
    if (segment.kind !== 'row' || (chosen !== null && segment.table !== table)) return;
    if (chosen === null) {
      if (++rows > HEADING_ROWS) return;
      const headings = segment.cells.map(plain);
      const found = columns.map(({ name }) => headings.indexOf(plain(name)));
      if (rows === 1) seen = segment.cells;
      if (found.includes(-1)) return;
      chosen = found;
      table = segment.table;
      rows = 0;
      return;
    }
    builder.add(chosen.map((column) => segment.cells[column] ?? ''));
    rows += 1;
    if (rows % 100_000 === 0) progress?.(rows);
  };
  const descriptor = openSync(path, 'r');
  try {
    const source = fileSource(descriptor, fstatSync(descriptor).size);
    const { unreadable } = await extractFile(source, { limits: NO_LIMITS, now: () => performance.now(), emit: take });
    const [problem] = unreadable;
    if (problem !== undefined) return err(`The table could not be read to its end (${problem.reason}).`);
  } finally {
    closeSync(descriptor);
  }
  if (chosen === null) {
    return err(
      seen.length === 0 ? 'The file holds no table.' : `No row has all these headings; the first row is: ${seen.slice(0, 16).join(', ')}`,
    );
  }
  return ok(builder.finish());
}

const plain = (heading: string): string => heading.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();
