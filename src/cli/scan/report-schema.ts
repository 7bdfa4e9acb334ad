import { z } from 'zod';
import { errorCode } from '../../contracts/errors.ts';
import { documentLabel, finding, place, unreadableReason } from '../../contracts/finding.ts';
import { count, instant, localizedText, slug } from '../../contracts/ids.ts';
import { action, type Action } from '../../contracts/verdict.ts';
import { LEFT_OUT_REASONS } from '../walk-files.ts';

/** One line of `--json`, and one entry of a report: a file that was looked into. docs/spec/scan.md section 2. */
export const scannedFile = z.strictObject({
  /** Shown text: bytes that are no UTF-8 and characters that deceive are written out. */
  path: z.string(),
  bytes: count,
  type: z.string(),
  findings: z.array(finding),
  /** The most people that may be in it; `personsFrom` stands beside it where there may be fewer. */
  persons: count,
  personsFrom: count.optional(),
  labels: z.array(documentLabel).optional(),
  unreadable: z.array(z.strictObject({ reason: unreadableReason, where: place.optional() })).optional(),
  verdict: z.strictObject({ action, rule: slug.nullable() }),
  /** Milliseconds of looking into it; 0 when the result was known. */
  ms: z.number().min(0),
  /** Known from an earlier scan, another name of the file or another file of the same content. */
  reused: z.literal(true).optional(),
});
export type ScannedFile = z.infer<typeof scannedFile>;

/** The other kind of line: what could not be looked into at all. */
export const failedFile = z.strictObject({ path: z.string(), error: z.strictObject({ code: errorCode, message: z.string() }) });
export type FailedFile = z.infer<typeof failedFile>;

export const leftOutEntry = z.strictObject({ path: z.string(), reason: z.enum(LEFT_OUT_REASONS), filesystem: z.string().optional() });
export type LeftOutEntry = z.infer<typeof leftOutEntry>;

const folderEntry = z.strictObject({ path: z.string(), files: count, persons: count, action });
export type FolderEntry = z.infer<typeof folderEntry>;

export const scanSummary = z.strictObject({
  /** Files with a verdict. */
  files: count,
  bytes: count,
  reused: count,
  /** Files that may not pass as they are: a verdict above `record`. */
  sensitive: count,
  actions: z.strictObject({ allow: count, record: count, warn: count, justify: count, encrypt: count, block: count }),
  rules: z.array(z.strictObject({ rule: slug.nullable(), files: count })),
  /** Findings of medium and high confidence. `distinct` adds up the files' own numbers. */
  detectors: z.array(z.strictObject({ detector: slug, files: count, distinct: count })),
  /** Added up over the files: the same person in two files counts twice. */
  persons: z.strictObject({ from: count, to: count }),
  unreadable: z.array(z.strictObject({ reason: unreadableReason, files: count })),
  errors: z.array(z.strictObject({ code: errorCode, count })),
  leftOut: z.array(z.strictObject({ reason: z.enum(LEFT_OUT_REASONS), count })),
});
export type ScanSummary = z.infer<typeof scanSummary>;

export const reportHead = z.strictObject({
  format: z.literal('sekisho-scan-report/1'),
  version: z.string(),
  host: z.string(),
  user: z.string(),
  started: instant,
  ended: instant,
  /** False when the scan was stopped: what stands here is what it saw until then. */
  complete: z.boolean(),
  paths: z.array(z.string()),
  exclude: z.array(z.string()),
  oneFilesystem: z.boolean(),
  policy: z.strictObject({ name: slug, title: localizedText }),
  /** Whether `files` holds all files, or those above `record` and those that could not be read wholly. */
  all: z.boolean(),
});
export type ReportHead = z.infer<typeof reportHead>;

/** What `--report FILE.json` writes. docs/spec/scan.md section 6. */
export const scanReport = reportHead.extend({
  summary: scanSummary,
  /** The fifty with the most severe and the most sensitive files. */
  folders: z.array(folderEntry).max(50),
  /** The most severe first, then by persons, then in order of the scan. */
  files: z.array(scannedFile),
  /** Links and special files inside folders are counted in the summary only. */
  errors: z.array(failedFile),
  leftOut: z.array(leftOutEntry),
});
export type ScanReport = z.infer<typeof scanReport>;

export const isSensitive = (verdict: Action): boolean => verdict !== 'allow' && verdict !== 'record';
