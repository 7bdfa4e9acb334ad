/** How the event stream stands. `connecting` only until the first contact; afterwards a lost stream is `offline`. */
export type LiveState = 'connecting' | 'live' | 'offline';

/** The part of EventSource used here, so that tests can stand in for it. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: 'open' | 'error' | 'message', listener: () => void): void;
  close(): void;
}

const CLOSED = 2;
const RETRY_MILLIS = 5000;
/** A burst of copies is one look at the collector, not one for each file. */
const GATHER_MILLIS = 250;

/**
 * One event stream for the whole console. It says that something new is there and how much; pages then ask the collector
 * with their own filter, so that live and loaded lists follow one rule. After a lost stream it always reports, since
 * events may have been missed.
 */
export class LiveEvents {
  readonly #open: () => EventStream;
  readonly #listeners = new Set<(count: number) => void>();
  readonly #stateListeners = new Set<() => void>();
  #stream: EventStream | null = null;
  #state: LiveState = 'connecting';
  #retry: ReturnType<typeof setTimeout> | undefined;
  #gather: ReturnType<typeof setTimeout> | undefined;
  #gathered = 0;

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
      if (missed) this.#report(0);
    });
    stream.addEventListener('message', () => this.#report(1));
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
    this.#gathered = 0;
    this.#stream?.close();
    this.#stream = null;
  }

  /** @param listener gets the number of events since its last call; 0 after a reconnection. Returns how to leave. */
  listen(listener: (count: number) => void): () => void {
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

  #report(count: number): void {
    this.#gathered += count;
    this.#gather ??= setTimeout(() => {
      const gathered = this.#gathered;
      this.#gather = undefined;
      this.#gathered = 0;
      for (const listener of this.#listeners) listener(gathered);
    }, GATHER_MILLIS);
  }

  #change(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
