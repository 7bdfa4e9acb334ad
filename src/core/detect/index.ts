/** The door of detection: text in, findings and distinct persons out. Pure; what it finds is listed in docs/detectors.md. */
export { Collector, type CollectorOptions, type Detection } from './collector.ts';
export type { Companion, CompanionDetection } from './companion.ts';
export type { Segment } from './segment.ts';
