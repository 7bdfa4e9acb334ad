import { readAgeHead } from '../../age/index.ts';
import { failure } from '../../contracts/errors.ts';

/** More than age adds to a file of this size. */
export const ageOverhead = (bytes: bigint): bigint => 65_536n + (bytes / 65_536n + 1n) * 16n;

export const FULL = failure(
  'DLP_FILE_NO_SPACE',
  'The medium has no room for the file. The program that wrote it was told; what was there before is unchanged.',
);

/** SHA-256 of the header of an age file that begins with these bytes, in hex; null where it is none. */
export function headerOf(start: Buffer): string | null {
  return readAgeHead((into, position) => start.copy(into, 0, position), [])?.headerSha256 ?? null;
}
