/** What finds the anchors: the compiled scanner or its twin. One memory, laid out by kernel/layout.ts, is used by one call at a time. */
export interface Engine {
  readonly name: 'wasm' | 'plain';
  readonly memory: Uint8Array;
  /** Scans memory from one address to another and returns where it stopped: before the end when the output is full. */
  readonly scan: (from: number, to: number) => number;
  /** Finds the words of context around an address: see kernel/context.ts. */
  readonly contextAround: (at: number) => void;
}
