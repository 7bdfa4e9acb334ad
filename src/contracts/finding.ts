import { z } from 'zod';
import { CONFIDENCES } from './finding-names.ts';
import { count, slug } from './ids.ts';

export { CONFIDENCES, DETECTOR_IDS } from './finding-names.ts';

export const confidence = z.enum(CONFIDENCES);
export type Confidence = z.infer<typeof confidence>;

/** Where in the file: the container member first, then the place inside it. All parts are shown text. */
export const place = z.strictObject({
  part: z.string().max(1024).optional(),
  sheet: z.string().max(256).optional(),
  cell: z.string().max(32).optional(),
  page: z.int().min(1).optional(),
  line: z.int().min(1).optional(),
});
export type Place = z.infer<typeof place>;

export const finding = z.strictObject({
  detector: slug,
  confidence,
  /** How many matches. */
  count,
  /** How many different values among them. */
  distinct: count,
  /** At most five, masked: never enough of a value to use it. */
  samples: z.array(z.string().max(64)).max(5),
  where: z.array(place).max(5),
  /** Why this confidence, as stable codes, e.g. `check-digit`, `context-word`, `column-header`. */
  reasons: z.array(slug).max(8),
});
export type Finding = z.infer<typeof finding>;

/** Why a file, or a part of it, could not be read. Policy decides what follows. */
export const unreadableReason = z.enum([
  'encrypted',
  'corrupt',
  'too-deep',
  'too-large',
  'too-many-entries',
  'ratio-exceeded',
  'timed-out',
  'worker-died',
  'unsupported',
  'io-error',
  /** An index of own data that the policy names is not here, or is not the one it names: what it knows was not looked for. */
  'index-missing',
]);
export type UnreadableReason = z.infer<typeof unreadableReason>;

/** Distinct people in the file; `from` equals `to` where the count is exact. */
export const personCount = z.strictObject({ from: count, to: count });
export type PersonCount = z.infer<typeof personCount>;

/**
 * A classification that a file carries in its own metadata. `purview`: a Microsoft Purview sensitivity label
 * (`MSIP_Label_<guid>_Name` in document properties, or `docMetadata/LabelInfo.xml`: MIP SDK "Label metadata",
 * [MS-OFFCRYPTO] 2.6.4); `id` is the label's GUID and `name` empty where only the GUID is written. `property`: a property
 * such as 機密区分 or Classification, which is the `id`; `name` is its value.
 */
export const documentLabel = z.strictObject({
  scheme: z.enum(['purview', 'property']),
  id: z.string().max(256),
  name: z.string().max(256),
});
export type DocumentLabel = z.infer<typeof documentLabel>;

/** What the inspection of one file saw. `unreadable` may stand beside findings: what was read so far still counts. */
export const inspection = z.strictObject({
  /** True type by content, e.g. `xlsx`, `pdf`, `text`, `zip`, `unknown`. */
  type: z.string().max(32),
  bytes: count,
  findings: z.array(finding).max(64),
  persons: personCount,
  labels: z.array(documentLabel).max(16),
  unreadable: z.array(z.strictObject({ reason: unreadableReason, where: place.optional() })).max(16),
  millis: z.number().min(0),
});
export type Inspection = z.infer<typeof inspection>;

/** Bounds of one inspection; each comes from policy and each, when passed, is an `unreadable` of its own reason. */
export const inspectionLimits = z.strictObject({
  maxBytes: count,
  maxMillis: count,
  maxDepth: count,
  maxEntries: count,
  maxRatio: count,
  maxExpandedBytes: count,
  maxMemoryBytes: count,
  /** Text in pictures is looked for too, which takes seconds a page. */
  ocr: z.boolean().optional(),
});
export type InspectionLimits = z.infer<typeof inspectionLimits>;
