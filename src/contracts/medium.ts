import { z } from 'zod';
import { device } from './device.ts';
import { ageRecipient, instant, sha256Hex, uuid } from './ids.ts';

/** What an organisation says of a stick that it has handed out. Signed, and kept on the stick; docs/spec/media.md section 1. */
export const mediumRecord = z.strictObject({
  format: z.literal('sekisho-medium/1'),
  id: uuid,
  organisation: z.string().min(1).max(64),
  /** Who has it: a person, a department. */
  holder: z.string().min(1).max(256),
  enrolled: instant,
  /** When it is to be back; from then on it counts as not enrolled. */
  due: instant,
  erased: z.boolean(),
  /** Of the identity in the medium's page for guests, which a passphrase protects. */
  guest: ageRecipient.optional(),
  /** Which medium is meant: a copy of the record on another one says nothing. */
  medium: z.strictObject({
    filesystem: z.string().min(1).max(64),
    filesystemUuid: z.string().min(1).max(128),
    ...device.pick({ vendorId: true, productId: true, serial: true }).shape,
  }),
});
export type MediumRecord = z.infer<typeof mediumRecord>;

export const MEDIUM_RECORD_TYPE = 'application/vnd.sekisho.medium+json';
/** On the medium, from its root. */
export const MEDIUM_FOLDER = '.sekisho';
export const MEDIUM_RECORD_FILE = 'medium.dsse.json';

/** In the medium's root, where a guest sees it. It ends with an envelope whose payload is the SHA-256 of all before. */
export const GUEST_PAGE_FILE = 'sekisho-open.html';
export const GUEST_PAGE_TYPE = 'application/vnd.sekisho.guest-page+json';
export const guestPageDigest = z.strictObject({ format: z.literal('sekisho-guest-page/1'), sha256: sha256Hex });
