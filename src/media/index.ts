/** Media that people carry: what is on them, byte by byte, and whose they are (docs/spec/media.md). The one door of this folder. */
export { type MediumReport, type Unaccounted, verifyMedium, type VerifyOptions } from './verify-medium.ts';
export { openRaw } from './raw/open-raw.ts';
