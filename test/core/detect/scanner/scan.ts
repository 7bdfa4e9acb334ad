import { createEngine, Scanner, type Candidate, type Engine, type Reading } from '../../../../src/core/detect/scanner/index.ts';

export function engine(name: Engine['name']): Engine {
  const created = createEngine(name);
  if (created === undefined) throw new Error(`the ${name} engine does not run here`);
  return created;
}

/** Every candidate of a file given in these pieces. */
export function scan(on: Engine, ...chunks: readonly Uint8Array[]): Candidate[] {
  const candidates: Candidate[] = [];
  const scanner = new Scanner(on, (candidate) => candidates.push(candidate));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.finish();
  return candidates;
}

/** The same of pieces that are each read in a way of their own. */
export function scanAs(on: Engine, ...chunks: readonly (readonly [bytes: Uint8Array, reading: Reading])[]): Candidate[] {
  const candidates: Candidate[] = [];
  const scanner = new Scanner(on, (candidate) => candidates.push(candidate));
  for (const [bytes, reading] of chunks) scanner.push(bytes, reading);
  scanner.finish();
  return candidates;
}

/** `kind text` of every candidate, for short expectations; `text` is read as Latin-1, so that ASCII can be compared. */
export function found(on: Engine, bytes: Uint8Array): string[] {
  return scan(on, bytes).map(({ kind, start, end }) => `${kind} ${Buffer.from(bytes.subarray(start, end)).toString('latin1')}`);
}
