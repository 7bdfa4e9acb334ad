/** The door of own data: what a policy names as the organisation's own, as companions of detection. Pure; docs/spec/own-data.md. */
export { COLUMN_KINDS, type ColumnKind } from './exact-data/column-values.ts';
export { EdmBuilder, type BuilderColumn, type BuiltEdm } from './exact-data/edm-builder.ts';
export { FingerprintBuilder, type BuiltFingerprints } from './fingerprint/fingerprint-builder.ts';
export { patternRefusal } from './patterns.ts';
export { keyFromHex } from './siphash.ts';
export { openIndex, prepareOwnData, type PreparedOwnData } from './prepare.ts';
