import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentInput } from '../../src/contracts/input.ts';
import { initialState } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { applied, arrived, AT, inspectionOf, mounted, samplePolicy, started, STICK, USER } from './samples.ts';

const file = fc.constantFrom('f1', 'f2', 'f3');
const session = fc.constantFrom('s1', 's2');
const quarantineId = '019aa000-0000-7000-8000-000000000001';

const anyInput: fc.Arbitrary<AgentInput> = fc.oneof(
  fc.constantFrom<AgentInput>(
    started,
    applied(),
    applied(samplePolicy({ devices: { default: 'block', rules: [] } }), 2),
    mounted(),
    { kind: 'volume.unmounted', at: AT, volumeId: STICK.id },
    { kind: 'guard.ready', at: AT, volumeId: STICK.id },
    { kind: 'guard.failed', at: AT, volumeId: STICK.id, code: 'X', reason: 'x' },
    { kind: 'file.justified', at: AT, holdId: quarantineId, actor: USER, justification: 'because' },
    { kind: 'file.released', at: AT, holdId: quarantineId, ok: true },
    { kind: 'agent.stopping', at: AT, reason: 'SIGTERM' },
  ),
  file.map((id) => arrived(id)),
  fc
    .tuple(file, fc.constantFrom(undefined, 'jp.my-number', 'secret.private-key'))
    .map(([fileId, detector]): AgentInput => ({ kind: 'file.inspected', at: AT, fileId, inspection: inspectionOf(detector) })),
  fc.tuple(file, fc.boolean(), fc.boolean()).map(([fileId, done, gone]): AgentInput => ({
    kind: 'file.enforced',
    at: AT,
    fileId,
    outcome: done ? { done: true, quarantineId } : { done: false, code: 'X', reason: 'x', gone },
  })),
  session.map((id): AgentInput => ({ kind: 'session.seen', at: AT, session: id, actor: USER })),
  session.map((id): AgentInput => ({ kind: 'timer.fired', at: AT, timer: `idle:${id}` })),
  fc
    .tuple(session, fc.nat(2_000_000), fc.boolean())
    .map(([id, idleMillis, locked]): AgentInput => ({ kind: 'session.idle', at: AT, session: id, idleMillis, locked })),
  fc.tuple(session, fc.boolean()).map(([id, ok]): AgentInput => ({ kind: 'session.lock-result', at: AT, session: id, ok })),
);

test('step is total, changes nothing it was given, and replays to the same effects', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
      const run = (): string => {
        let state = initialState();
        const lines: string[] = [];
        for (const input of inputs) {
          const before = JSON.stringify(state);
          const given = state;
          const result = step(state, input);
          expect(JSON.stringify(given)).toBe(before);
          state = result.state;
          lines.push(JSON.stringify(result.effects));
        }
        return lines.join('\n');
      };
      expect(run()).toBe(run());
    }),
    { numRuns: 300 },
  );
});

test('a file decided to be encrypted or blocked always ends in one event, or is gone', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
      let state = initialState();
      for (const input of inputs) {
        const decided = input.kind === 'file.enforced' ? state.files[input.fileId]?.decided : undefined;
        const result = step(state, input);
        state = result.state;
        if (decided === undefined || input.kind !== 'file.enforced') continue;
        const gone = !input.outcome.done && input.outcome.gone;
        expect(result.effects.filter((effect) => effect.kind === 'appendEvent')).toHaveLength(gone ? 0 : 1);
      }
    }),
    { numRuns: 300 },
  );
});
