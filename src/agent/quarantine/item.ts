import { z } from 'zod';
import { actor, volumeFacts } from '../../contracts/event.ts';
import { count, instant, sha256Hex, uuid } from '../../contracts/ids.ts';
import { verdict } from '../../contracts/verdict.ts';

/** What lies beside each quarantined file as `<id>.json`. docs/spec/watch-guard.md section 6. */
export const quarantineItem = z.strictObject({
  format: z.literal('sekisho-quarantine/1'),
  id: uuid,
  added: instant,
  /** Path on the volume, its exact bytes: names need not be UTF-8. `/` between parts. */
  path: z.base64().max(65_536),
  /** The same path as it may be shown. */
  shownPath: z.string().min(1).max(16_384),
  bytes: count,
  sha256: sha256Hex,
  /** Size of the age file. */
  storedBytes: count,
  mode: z.int().min(0).max(0o7777),
  modified: instant,
  owner: z.strictObject({ uid: count, gid: count }),
  volume: volumeFacts,
  actor,
  verdict,
});
export type QuarantineItem = z.infer<typeof quarantineItem>;
