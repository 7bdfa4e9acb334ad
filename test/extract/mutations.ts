import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../src/core/detect/index.ts';
import { place } from '../../src/contracts/finding.ts';
import { storedZip } from './stored-zip.ts';
import { bufferSource, extractFile, type Extracted } from '../../src/extract/index.ts';

const FILES = join(import.meta.dirname, '../fixtures/files');
const REGRESSIONS = join(import.meta.dirname, '../fixtures/regressions');
const MAX_MILLIS = 4000;

export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

export type Mutated = Sample;

/** All committed samples, in the order of their names; zips also with their members stored, which damage then reaches. */
export function loadSamples(): Sample[] {
  const samples = filesIn(FILES).filter(({ name }) => !name.startsWith('.'));
  const zips = samples.filter(({ name, bytes }) => bytes.toString('latin1', 0, 4) === 'PK\x03\x04' && name !== 'password.zip');
  return [...samples, ...zips.map(({ name, bytes }) => ({ name: `stored-${name}`, bytes: storedZip(bytes) }))];
}

/** Inputs that once brought an extractor down. */
export function loadRegressions(): Sample[] {
  try {
    return filesIn(REGRESSIONS);
  } catch {
    return [];
  }
}

function filesIn(folder: string): Sample[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** The mutation of that number: always the same for the same seed. */
export function mutationOf(samples: readonly Sample[], seed: number, index: number): Mutated {
  const random = randomNumbers(seed * 1_000_003 + index);
  const sample = samples[random() % samples.length];
  if (sample === undefined) throw new TypeError('no samples');
  let bytes: Buffer = Buffer.from(sample.bytes);
  const changes = 1 + (random() % 12);
  for (let change = 0; change < changes; change++) bytes = mutate(bytes, samples, random);
  return { name: `${seed}-${index}-${sample.name}`, bytes };
}

const LIMITS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function mutate(bytes: Buffer, samples: readonly Sample[], random: () => number): Buffer {
  if (bytes.length < 8) return Buffer.concat([bytes, Buffer.from('damaged!')]);
  const at = random() % bytes.length;
  const length = 1 + (random() % Math.min(512, bytes.length - at));
  switch (random() % 9) {
    case 0:
      return random() % 4 === 0 ? bytes.subarray(0, at) : bytes.fill(0, at, at + length);
    case 1:
    case 2:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
      return bytes;
    case 3:
      bytes[at] = random() & 0xff;
      return bytes;
    case 4: {
      const value = LIMITS[random() % LIMITS.length] ?? 0;
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(value, at);
      return bytes;
    }
    case 5: {
      const value = LIMITS[random() % LIMITS.length] ?? 0;
      if (at + 2 <= bytes.length) bytes.writeUInt16BE(value & 0xffff, at);
      return bytes;
    }
    case 6:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 7:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default: {
      // A piece of another format: polyglots, containers of the wrong kind.
      const other = samples[random() % samples.length]?.bytes ?? bytes;
      const from = random() % Math.max(1, other.length);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)]);
    }
  }
}

/** Marsaglia's xorshift32, mixed once so that neighbouring seeds differ. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Extracts hostile bytes with tight limits, and holds the door's promises: a type, reasons, places that the contract takes. */
export async function extractDamaged(bytes: Buffer): Promise<Extracted> {
  let length = 0;
  const extracted = await extractFile(bufferSource(bytes), {
    limits: {
      maxBytes: 2 ** 26,
      maxMillis: MAX_MILLIS,
      maxDepth: 5,
      maxEntries: 2000,
      maxRatio: 200,
      maxExpandedBytes: 2 ** 26,
      maxMemoryBytes: 2 ** 26,
    },
    now: () => performance.now(),
    emit: (segment) => {
      length += lengthOf(segment);
      place.parse(segment.place);
    },
  });
  if (extracted.type === '' || extracted.type.length > 32) throw new TypeError(`a type of ${extracted.type.length} characters`);
  if (length > 2 ** 28) throw new TypeError(`${length} characters from ${bytes.length} bytes`);
  return extracted;
}

function lengthOf(segment: Segment): number {
  if ('bytes' in segment) return segment.bytes instanceof Uint8Array ? segment.bytes.length : Number.NaN;
  if (segment.kind === 'text') return segment.text.length;
  return segment.cells.reduce((sum, cell) => {
    if (typeof cell !== 'string') throw new TypeError('a cell that is no text');
    return sum + cell.length;
  }, 0);
}
