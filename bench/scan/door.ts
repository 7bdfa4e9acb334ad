import type { Finding } from '../../src/contracts/finding.ts';
import { Collector } from '../../src/core/detect/index.ts';

const CHUNK_BYTES = 262_144;

/** A file's bytes to its findings by all detectors, as an inspection gives them to the collector. */
export function detect(bytes: Uint8Array): readonly Finding[] {
  const collector = new Collector();
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const piece = bytes.subarray(at, at + CHUNK_BYTES);
    collector.add({ kind: 'bytes', bytes: piece, encoding: 'utf-8', place: { line: 1 }, unfinished: at + CHUNK_BYTES < bytes.length });
  }
  return collector.finish().findings;
}
