/** As much of the WebAssembly API as the scanner uses; TypeScript declares it with the browser's types only. */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array): boolean;
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: ScannerExports };
    }
  | undefined;

/** What assembly/index.ts exports. */
declare interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly scan: (from: number, to: number) => number;
  readonly contextAround: (at: number) => void;
}
