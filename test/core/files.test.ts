import { describe, expect, test } from 'vitest';
import { eventBody } from '../../src/contracts/event.ts';
import { volumeFacts } from '../../src/core/volume-facts.ts';
import type { EnforcementOutcome } from '../../src/contracts/input.ts';
import { applied, arrived, AT, eventTypes, inspectionOf, mounted, play, samplePolicy, started, STICK, USER } from './samples.ts';

const QUARANTINE = '019aa000-0000-7000-8000-000000000001';
const ready = [started, applied(), mounted(), { kind: 'guard.ready', at: AT, volumeId: STICK.id } as const];
const inspected = (fileId: string, detector?: string) =>
  ({ kind: 'file.inspected', at: AT, fileId, inspection: inspectionOf(detector) }) as const;
const enforced = (fileId: string, outcome: EnforcementOutcome, at = AT) => ({ kind: 'file.enforced', at, fileId, outcome }) as const;

describe('the way of a file', () => {
  test('is inspected, decided, enforced and told, in this order', () => {
    const { last, state } = play([...ready, arrived('f1')]);
    expect(last.map((effect) => effect.kind)).toEqual(['inspectFile']);
    const decided = play([inspected('f1', 'jp.my-number')], state);
    expect(decided.last).toMatchObject([{ kind: 'enforceFile', action: 'encrypt', decision: { verdict: { rule: 'my-number' } } }]);
    const done = play([enforced('f1', { done: true, storedAs: 'list.csv.age' }, '2026-11-22T01:00:02.500Z')], decided.state);
    expect(done.last).toMatchObject([
      {
        kind: 'appendEvent',
        settles: 'f1',
        body: { type: 'file.encrypted', data: { storedAs: 'list.csv.age', exposureMillis: 2500, actor: USER } },
      },
      { kind: 'notify', notification: { action: 'encrypt', file: 'list.csv' } },
    ]);
    expect(done.state.files).toEqual({});
  });

  test.each([
    ['secret.private-key', { done: true, quarantineId: QUARANTINE }, 'file.blocked'],
    ['jp.my-number', { done: true, storedAs: 'x.age' }, 'file.encrypted'],
    // A full stick: encryption could not be carried out there, so the file went to quarantine.
    ['jp.my-number', { done: true, quarantineId: QUARANTINE }, 'file.blocked'],
    [undefined, { done: true }, 'file.recorded'],
    ['jp.my-number', { done: false, code: 'DLP_FILE_IO', reason: 'no', gone: false }, 'file.enforcement-failed'],
  ] as const)('%s with %o is told as %s', (detector, outcome, type) => {
    const { last } = play([...ready, arrived('f1'), inspected('f1', detector), enforced('f1', outcome)]);
    expect(eventTypes(last)).toEqual([type]);
    const bodies = last.flatMap((effect) => (effect.kind === 'appendEvent' ? [effect.body] : []));
    expect(bodies.map((body) => eventBody.safeParse(body).success)).toEqual([true]);
  });

  test('words of a rule that asked to encrypt are not told of a file that was set aside', () => {
    const spoken = { ja: '暗号化しました', en: 'It was encrypted.' };
    const rules = [{ id: 'my-number', when: [{ findings: [{ detector: 'jp.my-number' }] }], action: 'encrypt' as const, message: spoken }];
    const { last } = play([
      started,
      applied(samplePolicy({ rules })),
      mounted(),
      arrived('f1'),
      inspected('f1', 'jp.my-number'),
      enforced('f1', { done: true, quarantineId: QUARANTINE }),
    ]);
    expect(JSON.stringify(last)).not.toContain(spoken.en);
    expect(last[1]).toMatchObject({
      kind: 'notify',
      notification: { action: 'block', message: { en: expect.stringContaining('quarantine') as unknown } },
    });
  });

  describe("a medium's guests", () => {
    const guest = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    const id = '019aa000-0000-7000-8000-000000000002';
    const stick = (due: string) => ({ ...STICK, medium: { id, due, guest } });
    const enforcing = (allowed: boolean, due: string, detector = 'jp.my-number') => {
      const policy = samplePolicy({ 'guest-reading': allowed });
      const { last } = play([started, applied(policy), mounted(stick(due)), arrived('f1'), inspected('f1', detector)]);
      return last[0];
    };

    test('may open what is encrypted, where policy lets them, and the event says so', () => {
      const effect = enforcing(true, '2027-03-31T00:00:00.000Z');
      expect(effect).toMatchObject({ kind: 'enforceFile', recipients: [expect.any(String), guest], decision: { guest: true } });
    });

    test.each([
      ['where policy is silent', false, '2027-03-31T00:00:00.000Z', 'jp.my-number'],
      ['on a medium that should be back', true, AT, 'jp.my-number'],
    ] as const)('may not %s', (_what, allowed, due, detector) => {
      const effect = enforcing(allowed, due, detector);
      expect(effect).toMatchObject({ kind: 'enforceFile', recipients: [expect.any(String)] });
      expect(effect).not.toHaveProperty('decision.guest');
    });
  });

  test('a file that is gone or changed is dropped without an event', () => {
    const gone = { done: false, code: 'DLP_FILE_CHANGED', reason: 'changed', gone: true } as const;
    const { last, state } = play([...ready, arrived('f1'), inspected('f1', 'jp.my-number'), enforced('f1', gone)]);
    expect(last).toEqual([]);
    expect(state.files).toEqual({});
  });

  test('a decision stands on the policy of its moment', () => {
    const looser = {
      ...applied(),
      policy: { ...(applied() as { policy: object }).policy, rules: [] },
      reference: { name: 'sample', version: 2 },
    };
    const { state } = play([...ready, arrived('f1'), inspected('f1', 'jp.my-number')]);
    const { last } = play([looser as never, enforced('f1', { done: true, storedAs: 'x.age' })], state);
    expect(last[0]).toMatchObject({ body: { data: { policy: { version: 1 } } } });
  });

  test('a held file is released with the reason its user gave, once', () => {
    const unreadable = { ...inspectionOf(), unreadable: [{ reason: 'encrypted' as const }] };
    const held = play([
      ...ready,
      arrived('f1', 'secret.zip'),
      { kind: 'file.inspected', at: AT, fileId: 'f1', inspection: unreadable },
      enforced('f1', { done: true, quarantineId: QUARANTINE }),
    ]);
    expect(eventTypes(held.last)).toEqual(['file.held']);
    expect(held.last[1]).toMatchObject({ kind: 'notify', notification: { action: 'justify', holdId: QUARANTINE } });
    const justified = play(
      [{ kind: 'file.justified', at: AT, holdId: QUARANTINE, actor: USER, justification: 'for the auditor' }],
      held.state,
    );
    expect(justified.last).toEqual([{ kind: 'releaseFile', holdId: QUARANTINE, volumeId: STICK.id }]);
    const released = play([{ kind: 'file.released', at: AT, holdId: QUARANTINE, ok: true }], justified.state);
    expect(eventTypes(released.last)).toEqual(['file.released']);
    expect(play([{ kind: 'file.released', at: AT, holdId: QUARANTINE, ok: true }], released.state).last).toEqual([]);
  });

  test('a file held in an earlier run can still be freed, once its medium is back', () => {
    const hold = { holdId: QUARANTINE, actor: USER, file: { path: 'a.zip', bytes: 1 }, volume: volumeFacts(STICK) };
    const why = { kind: 'file.justified', at: AT, holdId: QUARANTINE, actor: USER, justification: 'for the auditor' } as const;
    const away = play([started, applied(), { kind: 'hold.found', at: AT, ...hold }, why]);
    expect(away.last).toMatchObject([{ kind: 'notify', notification: { action: 'failed', file: 'a.zip' } }]);
    const back = play([mounted(), { kind: 'guard.ready', at: AT, volumeId: STICK.id }, why], away.state);
    expect(back.last).toMatchObject([{ kind: 'releaseFile', holdId: QUARANTINE }]);
  });

  test('nothing arrives from a volume that is not guarded', () => {
    expect(play([started, applied(), arrived('f1')]).last).toEqual([]);
    expect(play([started, arrived('f1')]).last).toEqual([]);
  });
});
