import { z } from 'zod';
import { count, sha256Hex } from './ids.ts';

/**
 * A file on a guarded volume, as events and the console show it.
 * Names are shown text: bytes that are not UTF-8 are written `\xNN`, control and bidirectional-override characters
 * `\u{NNNN}` (see `core/display-name.ts`), so a name can neither forge a log line nor turn round its extension.
 */
export const fileFacts = z.strictObject({
  /** Relative to the volume's root, `/` between parts. */
  path: z.string().min(1).max(16_384),
  bytes: count,
  sha256: sha256Hex.optional(),
  modified: z.iso.datetime({ precision: 3 }).optional(),
});
export type FileFacts = z.infer<typeof fileFacts>;
