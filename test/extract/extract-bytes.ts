import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InspectionLimits } from '../../src/contracts/finding.ts';
import { Collector, type Detection, type Segment } from '../../src/core/detect/index.ts';
import { bufferSource, extractFile, type ByteSource, type Extracted } from '../../src/extract/index.ts';

export const LIMITS: InspectionLimits = {
  maxBytes: 2 ** 30,
  maxMillis: 30_000,
  maxDepth: 5,
  maxEntries: 10_000,
  maxRatio: 200,
  maxExpandedBytes: 2 ** 31,
  maxMemoryBytes: 2 ** 29,
};

export interface Seen extends Extracted, Detection {
  readonly segments: readonly Segment[];
}

export function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../fixtures/files', name));
}

export async function extractBytes(bytes: Uint8Array | string, limits: Partial<InspectionLimits> = {}): Promise<Seen> {
  return extractSource(bufferSource(Buffer.from(bytes)), limits);
}

export async function extractSource(source: ByteSource, limits: Partial<InspectionLimits> = {}): Promise<Seen> {
  const collector = new Collector();
  const segments: Segment[] = [];
  const extracted = await extractFile(source, {
    limits: { ...LIMITS, ...limits },
    now: () => performance.now(),
    emit: (segment) => {
      if (segments.length < 10_000) segments.push(segment);
      collector.add(segment);
    },
  });
  return { ...extracted, ...collector.finish(), segments };
}

export function segmentText(segment: Segment): string {
  if ('bytes' in segment) return bytesText(segment.bytes, 'encoding' in segment ? segment.encoding : 'utf-8');
  return segment.kind === 'text' ? segment.text : segment.cells.join('|');
}

function bytesText(bytes: unknown, encoding: unknown): string {
  if (!(bytes instanceof Uint8Array) || typeof encoding !== 'string') throw new TypeError('a segment of no bytes');
  return new TextDecoder(encoding === 'binary' ? 'utf-8' : encoding).decode(bytes);
}

/** All text seen, rows with `|` between cells. */
export function textOf({ segments }: Seen): string {
  return segments.map(segmentText).join('\n');
}

export const reasons = ({ unreadable }: Seen): string[] => unreadable.map(({ reason }) => reason);
