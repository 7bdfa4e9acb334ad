import { z } from 'zod';
import { type StoredEvent, storedEvent } from '../../contracts/collector-api.ts';
import { eventContent } from '../../contracts/event.ts';
import { severity, sha256Hex } from '../../contracts/ids.ts';
import type { ShownEventBody } from '../../ui/event-headline.ts';

/** An event as the console shows it: one of the contract's, or one of a newer agent, shown generically. */
export interface ShownEvent {
  readonly received: string;
  readonly event: Omit<StoredEvent['event'], 'body'> & { readonly body: ShownEventBody };
}

const unknownBody = z
  .object({ type: z.string().min(1).max(128), severity, data: z.unknown() })
  .transform((body) => ({ ...body, unknown: true as const }));

const unknownStoredEvent = z.object({
  received: z.string(),
  event: eventContent.omit({ body: true }).extend({ body: unknownBody, hash: sha256Hex }),
});

export const shownEvent: z.ZodType<ShownEvent> = z.union([storedEvent, unknownStoredEvent]);

export const shownEventsPage = z.object({ events: z.array(shownEvent), next: z.string().nullable() });
export type ShownEventsPage = z.infer<typeof shownEventsPage>;
