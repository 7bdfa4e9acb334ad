import { z } from 'zod';
import { localizedText, severity, slug } from './ids.ts';

/** What policy can do with a file, weakest first: all matching rules count, the strongest action wins. */
export const action = z.enum(['allow', 'record', 'warn', 'justify', 'encrypt', 'block']);
export type Action = z.infer<typeof action>;
export const ACTIONS = action.options;

/** The decision about one file, under one policy. */
export const verdict = z.strictObject({
  action,
  /** The first rule of the winning strength; absent when no rule matched and the policy's default spoke. */
  rule: slug.optional(),
  severity,
  /** The rule's own words for the person, when it has any. */
  message: localizedText.optional(),
});
export type Verdict = z.infer<typeof verdict>;

/** Names the policy that a decision was made under. */
export const policyReference = z.strictObject({ name: slug, version: z.int().min(0) });
export type PolicyReference = z.infer<typeof policyReference>;
