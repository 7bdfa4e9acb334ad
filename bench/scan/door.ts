import type { Finding } from '../../src/contracts/finding.ts';
import type { Document } from './corpus.ts';
import { Collector } from '../../src/core/detect/index.ts';

/** The bytes of documents to the findings in all of them by all detectors, as an inspection gives them to the collector. */
export function detect(bytes: Uint8Array, documents: readonly Document[]): readonly Finding[] {
  const collector = new Collector();
  for (const { start, end, encoding } of documents) {
    collector.add({ kind: 'bytes', bytes: bytes.subarray(start, end), encoding, place: { line: 1 } });
  }
  return collector.finish().findings;
}
