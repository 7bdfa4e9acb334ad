/** What a client may leave unread before its oldest events are dropped. */
export const MAX_QUEUED_EVENTS = 256;
export const MAX_QUEUED_EVENT_BYTES = 1_048_576;

/** Where lines go: `write` says whether more may follow at once, as `Writable.write` does. */
export interface LineSink {
  readonly write: (line: Buffer) => boolean;
}

interface QueuedEvent {
  readonly type: string;
  /** The event's data as JSON text, made once for all clients. */
  readonly json: string;
}

/**
 * Lines on their way to one client. Answers are never dropped (the server reads no further requests while they wait);
 * events are, oldest first, and the client is then told how many by a `gap`.
 */
export class OutboundQueue {
  readonly #sink: LineSink;
  #answers: Buffer[] = [];
  #events: QueuedEvent[] = [];
  #eventBytes = 0;
  #dropped = 0;
  #sequence = 0;
  #blocked = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** True while the client has not taken what it was sent. */
  get blocked(): boolean {
    return this.#blocked;
  }

  pushAnswer(line: Buffer): void {
    this.#answers.push(line);
    this.#flush();
  }

  pushEvent(type: string, json: string): void {
    this.#events.push({ type, json });
    this.#eventBytes += json.length;
    while (this.#events.length > MAX_QUEUED_EVENTS || (this.#eventBytes > MAX_QUEUED_EVENT_BYTES && this.#events.length > 1)) {
      const oldest = this.#events.shift();
      this.#eventBytes -= oldest?.json.length ?? 0;
      this.#dropped += 1;
    }
    this.#flush();
  }

  /** The client has taken everything: go on. */
  drained(): void {
    this.#blocked = false;
    this.#flush();
  }

  #flush(): void {
    while (!this.#blocked) {
      const line = this.#next();
      if (line === null) return;
      this.#blocked = !this.#sink.write(line);
    }
  }

  #next(): Buffer | null {
    const answer = this.#answers.shift();
    if (answer !== undefined) return answer;
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return this.#eventLine({ type: 'gap', json: JSON.stringify({ dropped }) });
    }
    const event = this.#events.shift();
    if (event === undefined) return null;
    this.#eventBytes -= event.json.length;
    return this.#eventLine(event);
  }

  #eventLine({ type, json }: QueuedEvent): Buffer {
    this.#sequence += 1;
    return Buffer.from(`{"kind":"event","sequence":${this.#sequence},"type":${JSON.stringify(type)},"data":${json}}\n`, 'utf8');
  }
}
