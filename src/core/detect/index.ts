/** The door of detection: bytes and text in, findings and distinct persons out. Pure; what it finds is listed in docs/detectors.md. */
export { Collector, type CollectorOptions, type Detection } from './collector.ts';
export type { Companion, CompanionDetection } from './companion.ts';
export { DelimitedRow, DelimitedText, type RowSpan } from './delimited-row.ts';
export { countLineFeeds } from './line-feeds.ts';
export type { ByteEncoding, Segment } from './segment.ts';
