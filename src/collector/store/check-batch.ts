import { type EventsRequest, eventsRequest } from '../../contracts/collector-api.ts';
import { type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { hashCanonical } from '../../node/event-chain.ts';

/** A batch whose every event has the hash that fits its content. */
export interface CheckedBatch extends EventsRequest {
  /** The canonical JSON that each hash covers, by sequence. */
  readonly contents: ReadonlyMap<number, string>;
}

/** Everything that can be judged from the request alone. */
export function checkBatch(body: Uint8Array, agent: string): Result<CheckedBatch, Failure> {
  const parsed = parseBody(body);
  if (!parsed.ok) return parsed;
  const { events, head } = parsed.value;
  const contents = new Map<number, string>();
  let previous = 0;
  for (const event of events) {
    const { sequence } = event;
    if (event.agent !== agent) {
      return err(failure('DLP_INGEST_IDENTITY', `Event ${sequence} says it is by ${event.agent}; the certificate is ${agent}'s.`));
    }
    if (sequence <= previous) return err(chainFailure(`event ${sequence} does not come after the one before it`));
    const { hash, ...content } = event;
    const text = canonicalJson(content);
    if (hashCanonical(text) !== hash) return err(chainFailure(`the hash of event ${sequence} does not fit its content`));
    contents.set(sequence, text);
    previous = sequence;
  }
  if (head.sequence < previous || (head.sequence === previous && head.hash !== events.at(-1)?.hash)) {
    return err(failure('DLP_INGEST_HEAD', 'The signed head is not that of the chain the events are from.'));
  }
  return ok({ ...parsed.value, contents });
}

function parseBody(body: Uint8Array): Result<EventsRequest, Failure> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return err(failure('DLP_INGEST_BODY', 'The body is not JSON in UTF-8.'));
  }
  const parsed = eventsRequest.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '?';
  return err(failure('DLP_INGEST_BODY', `The body is not as the contract says, at ${where}: ${issue?.message ?? '?'}.`));
}

export const chainFailure = (what: string): Failure<'DLP_INGEST_CHAIN'> => failure('DLP_INGEST_CHAIN', `The batch was refused: ${what}.`);
