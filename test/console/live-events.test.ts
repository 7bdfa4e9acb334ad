import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventStream, LiveEvents } from '../../src/console/api/live-events.ts';
import type { ShownEvent } from '../../src/console/api/shown-event.ts';
import { storedEvents } from '../e2e/console-fixtures.ts';

const [EVENT] = storedEvents(Date.parse('2026-11-22T03:00:00.000Z'), 0);

class FakeStream implements EventStream {
  readyState = 0;
  closed = false;
  readonly #listeners = new Map<string, (message: { data: unknown }) => void>();

  addEventListener(type: string, listener: (message: { data: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  say(type: 'open' | 'error' | 'message', data: unknown = JSON.stringify(EVENT)): void {
    this.#listeners.get(type)?.({ data });
  }
}

describe('LiveEvents', () => {
  let streams: FakeStream[] = [];
  const heard = vi.fn<(events: readonly ShownEvent[]) => void>();
  const last = (): FakeStream => {
    const stream = streams.at(-1);
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  };
  const started = (): LiveEvents => {
    const live = new LiveEvents(() => {
      streams.push(new FakeStream());
      return last();
    });
    live.listen(heard);
    live.start();
    return live;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    streams = [];
    heard.mockReset();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells of a burst once, with its number', () => {
    const live = started();
    last().say('open');
    for (let index = 0; index < 40; index += 1) last().say('message');
    expect(heard).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(heard.mock.calls).toEqual([[Array.from({ length: 40 }, () => EVENT)]]);
    live.stop();
  });

  it.each([['not JSON'], ['{"received":1}'], [7]])('takes %j for news without an event', (data) => {
    const live = started();
    last().say('message', data);
    vi.runAllTimers();
    expect(heard.mock.calls).toEqual([[[]]]);
    live.stop();
  });

  it('says how it stands, and looks again after a lost stream', () => {
    const live = started();
    const states: string[] = [];
    live.subscribeState(() => states.push(live.state()));
    last().say('open');
    last().say('error');
    last().say('open');
    vi.runAllTimers();
    expect(states).toEqual(['live', 'offline', 'live']);
    expect(heard.mock.calls).toEqual([[[]]]);
    live.stop();
  });

  it('opens a new stream when the browser gave up', () => {
    const live = started();
    last().readyState = 2;
    last().say('error');
    vi.advanceTimersByTime(5000);
    expect(streams).toHaveLength(2);
    expect(streams[0]?.closed).toBe(true);
    live.stop();
  });

  it('is silent once stopped', () => {
    const live = started();
    last().say('message');
    last().readyState = 2;
    last().say('error');
    live.stop();
    vi.runAllTimers();
    expect(heard).not.toHaveBeenCalled();
    expect(streams).toHaveLength(1);
  });
});
