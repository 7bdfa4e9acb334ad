import type { OwnData } from '../contracts/effect.ts';
import type { PreparedOwnData } from '../core/detect/own-data/index.ts';
import { NO_OWN_DATA } from '../core/policy/own-data.ts';

/** Own data on its way to a thread: one text is copied in no time, ten thousand words one by one are not. */
export interface PackedOwnData {
  readonly text: string;
  /** Shared, not copied; by SHA-256. */
  readonly files: ReadonlyMap<string, SharedArrayBuffer>;
}

const NO_FILES: ReadonlyMap<string, SharedArrayBuffer> = new Map();
const packed = new WeakMap<OwnData, PackedOwnData>();

/** The same for the same object, until other files are given for it. */
export function packOwnData(ownData: OwnData, files?: ReadonlyMap<string, SharedArrayBuffer>): PackedOwnData {
  const known = packed.get(ownData);
  if (known !== undefined && (files === undefined || holdsSame(known.files, files))) return known;
  const now = { text: known?.text ?? JSON.stringify(ownData), files: files ?? NO_FILES };
  packed.set(ownData, now);
  return now;
}

function holdsSame(one: ReadonlyMap<string, SharedArrayBuffer>, other: ReadonlyMap<string, SharedArrayBuffer>): boolean {
  return one.size === other.size && [...one.keys()].every((sha256) => other.has(sha256));
}

const NOTHING: PreparedOwnData = { companions: () => [], missing: [] };
const EMPTY = JSON.stringify(NO_OWN_DATA);

let last: { readonly packed: PackedOwnData; readonly prepared: PreparedOwnData } | undefined;

/** In a thread: made ready once, and again only when the policy or its files are others. */
export async function unpackOwnData(arrived: PackedOwnData): Promise<PreparedOwnData> {
  // Most policies name nothing: a thread's first verdict should not wait for code it does not need.
  if (arrived.text === EMPTY) return NOTHING;
  if (last !== undefined && last.packed.text === arrived.text && holdsSame(last.packed.files, arrived.files)) return last.prepared;
  const { prepareOwnData } = await import('../core/detect/own-data/index.ts');
  const files = new Map(Array.from(arrived.files, ([sha256, bytes]) => [sha256, new Uint8Array(bytes)]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own thread's text, made by packOwnData
  const prepared = prepareOwnData(JSON.parse(arrived.text) as OwnData, files);
  last = { packed: arrived, prepared };
  return prepared;
}
