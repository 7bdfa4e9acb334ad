import { z } from 'zod';
import { instant, uuid } from './ids.ts';

/** What the collector may ask of an agent. It can ask for less risk, never for more: no command loosens a policy. */
export const commandBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('screen.lock') }),
  z.strictObject({ kind: z.literal('policy.fetch') }),
  z.strictObject({ kind: z.literal('volumes.rescan') }),
]);
export const command = z.strictObject({ id: uuid, issued: instant, expires: instant, body: commandBody });
export type Command = z.infer<typeof command>;
