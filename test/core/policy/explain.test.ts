import { describe, expect, it } from 'vitest';
import { explainFile, explainVolume } from '../../../src/core/policy/explain.ts';
import { file, found, policyWith, STICK } from './circumstances.ts';

describe('explainFile', () => {
  const policy = policyWith({
    rules: [
      { id: 'many', action: 'block', when: [{ persons: { 'at-least': 1000 } }] },
      { id: 'numbers', action: 'encrypt', when: [{ type: ['pdf'] }, { findings: [{ detector: 'jp.my-number' }], bus: ['usb'] }] },
    ],
  });
  const list = file({ inspection: { persons: { from: 3, to: 5 }, findings: [found('jp.my-number', 3)] } });

  it('tells for each rule which condition held or failed, with what was wanted and what was seen', () => {
    const { verdict, rules } = explainFile(policy, list);
    expect(verdict.rule).toBe('numbers');
    expect(rules[0]).toEqual({
      id: 'many',
      action: 'block',
      matched: false,
      decided: false,
      exceptions: [],
      conditions: [
        { holds: false, members: [{ member: 'persons', holds: false, wanted: { 'at-least': 1000 }, seen: { from: 3, to: 5 } }] },
      ],
    });
    expect(rules[1]).toMatchObject({ matched: true, decided: true, conditions: [{ holds: false }, { holds: true }] });
    expect(rules[1]?.conditions[1]?.members.map(({ member }) => member)).toEqual(['bus', 'findings']);
  });

  it('shows of the findings what the condition asks for', () => {
    const both = file({ inspection: { findings: [found('jp.my-number', 3), found('email', 9)] } });
    expect(explainFile(policy, both).rules[1]?.conditions[1]?.members[1]?.seen).toEqual([
      { detector: 'jp.my-number', distinct: 3, confidence: 'high' },
    ]);
  });

  it('tells which exception took a file out of a rule', () => {
    const rule = { id: 'it', action: 'block' as const, when: [{}], unless: [{ type: ['pdf'] }, { users: ['tanaka'] }] };
    const [explained] = explainFile(policyWith({ rules: [rule] }), file()).rules;
    expect(explained).toMatchObject({ matched: false, conditions: [{ holds: true }], exceptions: [{ holds: false }, { holds: true }] });
  });

  it('shows counts, never samples', () => {
    const leaky = { ...found('jp.my-number', 3), samples: ['1234********'] };
    expect(JSON.stringify(explainFile(policy, file({ inspection: { findings: [leaky] } })))).not.toContain('1234');
  });
});

describe('explainVolume', () => {
  it('marks the first match as the deciding one', () => {
    const policy = policyWith({
      devices: {
        rules: [
          { id: 'a', when: { bus: ['sd'] }, action: 'block' },
          { id: 'b', when: { bus: ['usb'] }, action: 'read-only' },
          { id: 'c', when: {}, action: 'block' },
        ],
      },
    });
    const { decision, rules } = explainVolume(policy, { volume: STICK, host: 'pc-01' });
    expect(decision).toEqual({ treatment: 'read-only', rule: 'b' });
    expect(rules.map(({ matched, decided }) => [matched, decided])).toEqual([
      [false, false],
      [true, true],
      [true, false],
    ]);
  });
});
