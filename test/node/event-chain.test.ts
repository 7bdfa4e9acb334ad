import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AgentEvent, type EventBody, GENESIS_HASH } from '../../src/contracts/event.ts';
import { ChainVerifier, sealEvent } from '../../src/node/event-chain.ts';

const TIME = '2026-11-22T01:00:00.000Z';
const stopped: EventBody = { type: 'agent.stopped', severity: 'low', data: { reason: 'test' } };

function chain(bodies: readonly EventBody[]): AgentEvent[] {
  const events: AgentEvent[] = [];
  for (const body of bodies) {
    const sequence = events.length + 1;
    const id = `019aa000-0000-7000-8000-${sequence.toString(16).padStart(12, '0')}`;
    const previousHash = events.at(-1)?.hash ?? GENESIS_HASH;
    events.push(sealEvent({ format: 'sekisho-event/1', id, agent: 'pc-1', sequence, time: TIME, host: 'pc-1', body, previousHash }));
  }
  return events;
}

function problems(events: readonly AgentEvent[]) {
  const verifier = new ChainVerifier();
  for (const event of events) verifier.accept(event);
  return verifier.finish();
}

describe('the chain', () => {
  const events = chain(Array.from({ length: 6 }, () => stopped));

  test('holds as it was made', () => {
    expect(problems(events)).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4])('an event taken out is missed (%d)', (index) => {
    expect(problems(events.filter((_event, at) => at !== index))).toEqual([{ kind: 'missing', from: index + 1, to: index + 1 }]);
  });

  test('any change of content is seen', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.string({ minLength: 1 }), (index, host) => {
        fc.pre(host !== 'pc-1');
        const changed = events.map((event, at) => (at === index ? { ...event, host } : event));
        expect(problems(changed)).toContainEqual({ kind: 'altered', sequence: index + 1 });
      }),
    );
  });

  test('a resealed event no longer links to the next', () => {
    const { hash: _hash, ...content } = events[2] as AgentEvent;
    const forged = sealEvent({ ...content, host: 'pc-2' });
    expect(problems(events.map((event, at) => (at === 2 ? forged : event)))).toEqual([{ kind: 'unlinked', sequence: 4 }]);
  });

  test('a repeated event is seen', () => {
    expect(problems([...events.slice(0, 3), events[2] as AgentEvent])).toEqual([{ kind: 'repeated', sequence: 3 }]);
  });

  test('a gap that the chain itself declares is forgiven, any other is not', () => {
    const whole = chain([stopped, stopped, stopped, stopped]);
    const ranges = [{ from: 2, to: 3, lastHash: (whole[2] as AgentEvent).hash }];
    const overflow: EventBody = {
      type: 'spool.overflowed',
      severity: 'high',
      data: { ranges, dropped: { info: 0, low: 2, medium: 0, high: 0 } },
    };
    const declared = chain([stopped, stopped, stopped, stopped, overflow]);
    expect(problems(declared.filter((event) => event.sequence < 2 || event.sequence > 3))).toEqual([]);
    expect(problems(declared.filter((event) => event.sequence !== 2))).toEqual([{ kind: 'missing', from: 2, to: 2 }]);
  });
});
