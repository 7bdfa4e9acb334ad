import type { Engine } from './engine.ts';
import { WASM_BASE64 } from './generated.ts';
import { fromBase64, loadTables } from './tables.ts';

/** The compiled scanner, or undefined where WebAssembly or its SIMD is missing. */
export function wasmEngine(): Engine | undefined {
  const bytes = fromBase64(WASM_BASE64);
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const memory = new Uint8Array(exports.memory.buffer);
  loadTables(memory);
  return { name: 'wasm', memory, scan: exports.scan, contextAround: exports.contextAround };
}
