import { err, ok, type Result } from '../../../../contracts/result.ts';
import { GRAM, WINDOW } from './winnow.ts';

/** `sekisho-fingerprint/1`: docs/spec/own-data.md section 6. */
export const FINGERPRINT_MAGIC = 'SKSHFPR1';
const MOST_HEADER = 4_194_304;
const MOST_DOCUMENTS = 10_000;
const MOST_ENTRIES = 2 ** 27;

export interface FingerprintHeader {
  readonly format: 'sekisho-fingerprint/1';
  readonly gram: number;
  readonly window: number;
  /** Shown names of the documents. */
  readonly documents: readonly string[];
  readonly passages: number;
  readonly prints: number;
}

export interface FingerprintParts {
  readonly header: FingerprintHeader;
  /** By passage: its document, and how many prints it has. */
  readonly documents: Uint32Array;
  readonly sizes: Uint32Array;
  /** In rising order, and the passage each is of. */
  readonly prints: Uint32Array;
  readonly passages: Uint32Array;
}

export function encodeFingerprints({ header, documents, sizes, prints, passages }: FingerprintParts): Uint8Array[] {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(Math.ceil((12 + text.length) / 8) * 8);
  head.set(new TextEncoder().encode(FINGERPRINT_MAGIC));
  new DataView(head.buffer).setUint32(8, text.length, true);
  head.set(text, 12);
  return [head, ...[documents, sizes, prints, passages].map((table) => new Uint8Array(table.buffer, table.byteOffset, table.byteLength))];
}

/** Reads an index; every number in it is checked here. The error says what is wrong. */
export function parseFingerprints(bytes: Uint8Array): Result<FingerprintParts, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16 || new TextDecoder('latin1').decode(new Uint8Array(bytes.subarray(0, 8))) !== FINGERPRINT_MAGIC) {
    return err('it is no index of fingerprints');
  }
  const length = view.getUint32(8, true);
  if (length > MOST_HEADER || 12 + length > bytes.length) return err('its header is cut off');
  const header = readHeader(new Uint8Array(bytes.subarray(12, 12 + length)));
  if (header === null) return err('its header is damaged');
  if (header.gram !== GRAM || header.window !== WINDOW) return err('it was made with other parameters');
  let at = Math.ceil((12 + length) / 8) * 8;
  if (bytes.length !== at + header.passages * 8 + header.prints * 8) return err('its length is not what its header says');
  const table = (count: number): Uint32Array => {
    const numbers = Uint32Array.from({ length: count }, (_, index) => view.getUint32(at + index * 4, true));
    at += count * 4;
    return numbers;
  };
  const parts = {
    header,
    documents: table(header.passages),
    sizes: table(header.passages),
    prints: table(header.prints),
    passages: table(header.prints),
  };
  const sound =
    parts.documents.every((document) => document < header.documents.length) &&
    parts.passages.every((passage) => passage < header.passages) &&
    parts.prints.every((print, index) => index === 0 || print > (parts.prints[index - 1] ?? 0));
  return sound ? ok(parts) : err('its tables are damaged');
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): FingerprintHeader | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { format, gram, window, documents, passages, prints } = value;
  if (format !== 'sekisho-fingerprint/1' || !isCount(gram) || !isCount(window) || !isCount(passages) || !isCount(prints)) return null;
  if (!Array.isArray(documents) || documents.length > MOST_DOCUMENTS) return null;
  const names = documents.filter((name): name is string => typeof name === 'string' && name.length <= 256);
  return names.length === documents.length ? { format, gram, window, documents: names, passages, prints } : null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_ENTRIES;
