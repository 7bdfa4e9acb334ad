import { z } from 'zod';

/** UUID version 7 (RFC 9562 section 5.7): sorts by time. */
export const uuid = z.uuidv7();

/** An instant in UTC, ISO 8601 with milliseconds, e.g. `2026-11-22T03:04:05.678Z`. */
export const instant = z.iso.datetime({ precision: 3 });

/** SHA-256, 64 lower-case hex digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Names an agent for its whole life; given by the collector at enrolment, part of the certificate's SAN URI. */
export const agentId = z.string().regex(/^[a-z0-9][a-z0-9-]{2,62}$/);

/** Names a rule, policy, device rule or detector inside its own list: kebab-case, dots allowed between words. */
export const slug = z
  .string()
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)
  .max(64);

/** A whole number of zero or more that JSON and SQLite both keep exactly. */
export const count = z.int().min(0);

/** The four severities, weakest first. */
export const severity = z.enum(['info', 'low', 'medium', 'high']);
export type Severity = z.infer<typeof severity>;
export const SEVERITIES = severity.options;

/** One text in each of the product's languages. */
export const localizedText = z.strictObject({ ja: z.string().min(1).max(2000), en: z.string().min(1).max(2000) });
export type LocalizedText = z.infer<typeof localizedText>;

export const language = z.enum(['ja', 'en']);
export type Language = z.infer<typeof language>;

/** age v1 X25519 recipient, as `age-keygen -y` prints it. */
export const ageRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/, 'an age recipient, age1...');
