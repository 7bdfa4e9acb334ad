import type { Finding } from '../../../src/contracts/finding.ts';
import { Collector, type Detection, type Segment } from '../../../src/core/detect/index.ts';

/** Detection of one piece of text. */
export function detectText(text: string): Detection {
  return detectSegments([{ kind: 'text', text, place: { line: 1 } }]);
}

export function detectRows(rows: readonly (readonly string[])[]): Detection {
  return detectSegments(rows.map((cells, index) => ({ kind: 'row', table: 1, cells, place: { line: index + 1 } })));
}

export function detectSegments(segments: readonly Segment[]): Detection {
  const collector = new Collector();
  for (const segment of segments) collector.add(segment);
  return collector.finish();
}

/** `detector:confidence:distinct` of every finding, for short expectations. */
export function summary({ findings }: Detection): string[] {
  return findings.map(({ detector, confidence, distinct }) => `${detector}:${confidence}:${distinct}`);
}

export function findingOf({ findings }: Detection, detector: string): Finding | undefined {
  return findings.find((finding) => finding.detector === detector);
}
