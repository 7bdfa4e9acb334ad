import type { InspectionLimits } from '../../contracts/finding.ts';
import type { Policy } from '../../contracts/policy.ts';
import { durationMillis, sizeBytes } from '../units.ts';

/** A policy's limits of one inspection, in numbers. */
export function inspectionLimits({ inspection }: Policy): InspectionLimits {
  return {
    maxBytes: sizeBytes(inspection['max-bytes']),
    maxMillis: durationMillis(inspection['max-time']),
    maxDepth: inspection['max-depth'],
    maxEntries: inspection['max-entries'],
    maxRatio: inspection['max-ratio'],
    maxExpandedBytes: sizeBytes(inspection['max-expanded-bytes']),
    maxMemoryBytes: sizeBytes(inspection['max-memory']),
    ...(inspection.ocr ? { ocr: true } : {}),
  };
}
