/** Media that people carry: what is on them, byte by byte, and whose they are (docs/spec/media.md). The one door of this folder. */
export { type MediumReport, type Unaccounted, verifyMedium, type VerifyOptions } from './verify-medium.ts';
export { openRaw } from './raw/open-raw.ts';
export { ERASED_FILESYSTEMS, type ErasedFilesystem, eraseMedium } from './enrolment/erase.ts';
export { type EnrolledMedium, enrolMedium } from './enrolment/enrol-medium.ts';
export { readLedger } from './enrolment/ledger.ts';
export { openMediumRecord } from './enrolment/record.ts';
export { recordOf } from './enrolment/recorded-medium.ts';
export { isGuestPage } from './guest/guest-page.ts';
