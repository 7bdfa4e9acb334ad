import { shownEvent, type ShownEvent } from './shown-event.ts';

/** How the event stream stands. `connecting` only until the first contact; afterwards a lost stream is `offline`. */
export type LiveState = 'connecting' | 'live' | 'offline';

/** The part of EventSource used here, so that tests can stand in for it. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (message: { readonly data: unknown }) => void): void;
  close(): void;
}

const CLOSED = 2;
const RETRY_MILLIS = 5000;
/** A burst of copies is one look at the collector, not one for each file. */
const GATHER_MILLIS = 250;

type Listener = (events: readonly ShownEvent[]) => void;

/**
 * One event stream for the whole console. It tells what has arrived; pages then ask the collector with their own filter,
 * so that live and loaded lists follow one rule. After a lost stream it reports without events, since some may have been
 * missed.
 */
export class LiveEvents {
  readonly #open: () => EventStream;
  readonly #listeners = new Set<Listener>();
  readonly #stateListeners = new Set<() => void>();
  #stream: EventStream | null = null;
  #state: LiveState = 'connecting';
  #retry: ReturnType<typeof setTimeout> | undefined;
  #gather: ReturnType<typeof setTimeout> | undefined;
  #gathered: ShownEvent[] = [];

  constructor(open: () => EventStream) {
    this.#open = open;
  }

  start(): void {
    if (this.#stream !== null) return;
    const stream = this.#open();
    this.#stream = stream;
    stream.addEventListener('open', () => {
      const missed = this.#state === 'offline';
      this.#change('live');
      if (missed) this.#report([]);
    });
    stream.addEventListener('message', ({ data }) => this.#report(parseMessage(data)));
    stream.addEventListener('error', () => {
      this.#change('offline');
      // A browser gives up for good when the answer is not a stream (401, 502): then it is ours to try again.
      if (stream.readyState === CLOSED) this.#restart();
    });
  }

  stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#gather);
    this.#gather = undefined;
    this.#gathered = [];
    this.#stream?.close();
    this.#stream = null;
  }

  /** @param listener gets the events since its last call; none after a reconnection. Returns how to leave. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly subscribeState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  readonly state = (): LiveState => this.#state;

  #restart(): void {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), RETRY_MILLIS);
  }

  #report(events: readonly ShownEvent[]): void {
    this.#gathered.push(...events);
    this.#gather ??= setTimeout(() => {
      const gathered = this.#gathered;
      this.#gather = undefined;
      this.#gathered = [];
      for (const listener of this.#listeners) listener(gathered);
    }, GATHER_MILLIS);
  }

  #change(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}

/** A message that is no event in the contract's form still means that something is new: it is reported without one. */
function parseMessage(data: unknown): ShownEvent[] {
  try {
    return typeof data === 'string' ? [shownEvent.parse(JSON.parse(data))] : [];
  } catch {
    return [];
  }
}
