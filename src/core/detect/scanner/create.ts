import type { Engine } from './engine.ts';
import { plainEngine } from './plain-engine.ts';
import { Scanner, type TakeCandidate } from './scanner.ts';
import { wasmEngine } from './wasm-engine.ts';

let best: Engine | undefined;

/** A scanner for one file, on the fastest engine that runs here. */
export function createScanner(take: TakeCandidate): Scanner {
  best ??= createEngine('wasm') ?? createEngine('plain');
  if (best === undefined) throw new TypeError('the plain engine runs everywhere');
  return new Scanner(best, take);
}

/** A certain engine; undefined where it cannot run. */
export function createEngine(name: Engine['name']): Engine | undefined {
  return name === 'wasm' ? wasmEngine() : plainEngine();
}
