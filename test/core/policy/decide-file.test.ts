import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileCondition } from '../../../src/contracts/policy.ts';
import { ACTIONS, type Action } from '../../../src/contracts/verdict.ts';
import { decideFile, type FileCircumstances } from '../../../src/core/policy/decide-file.ts';
import { file, found, policyWith, STICK } from './circumstances.ts';

const holds = (condition: FileCondition, circumstances: FileCircumstances): boolean =>
  decideFile(policyWith({ rules: [{ id: 'it', when: [condition], action: 'block' }] }), circumstances).rule === 'it';

const always = (id: string, action: Action) => ({ id, action, when: [{}] });

describe('decideFile', () => {
  it('lets the strongest action win and names the first rule of that strength', () => {
    const policy = policyWith({
      rules: [always('one', 'warn'), always('two', 'encrypt'), always('three', 'encrypt'), always('four', 'allow')],
      default: 'block',
    });
    expect(decideFile(policy, file())).toEqual({ action: 'encrypt', rule: 'two', severity: 'medium' });
  });

  it('uses the default only when no rule matches, even when the match is weaker', () => {
    const allowed = policyWith({ rules: [{ id: 'ok', action: 'allow', when: [{ name: ['*.txt'] }] }], default: 'encrypt' });
    expect(decideFile(allowed, file())).toEqual({ action: 'allow', rule: 'ok', severity: 'info' });
    expect(decideFile(allowed, file({ path: 'x.bin' }))).toEqual({ action: 'encrypt', severity: 'medium' });
  });

  it('takes a file out of the rule it is an exception of, and of no other', () => {
    const policy = policyWith({
      rules: [
        { id: 'strict', action: 'block', when: [{}], unless: [{ users: ['suzuki'] }, { type: ['text'], hosts: ['pc-01'] }] },
        { id: 'usual', action: 'encrypt', when: [{ name: ['*.txt'] }] },
      ],
    });
    expect(decideFile(policy, file()).rule).toBe('usual');
    expect(decideFile(policy, file({ host: 'pc-02' })).rule).toBe('strict');
    expect(decideFile(policy, file({ host: 'pc-02', user: 'suzuki', path: 'a.bin' })).rule).toBeUndefined();
  });

  it('takes severity and message from the rule when it has them', () => {
    const message = { ja: '止めました', en: 'Stopped' };
    const policy = policyWith({ rules: [{ id: 'a', action: 'block', severity: 'low', message, when: [{}] }] });
    expect(decideFile(policy, file())).toEqual({ action: 'block', rule: 'a', severity: 'low', message });
  });

  it('is the same as sorting all matching rules by strength', () => {
    const rules = fc.array(fc.record({ action: fc.constantFrom(...ACTIONS), matches: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(rules, (drawn) => {
        const policy = policyWith({
          rules: drawn.map(({ action, matches }, index) => ({
            id: `r${index}`,
            action,
            when: [{ name: [matches ? '*' : 'never'] }],
          })),
        });
        const matching = policy.rules.filter((_, index) => drawn[index]?.matches);
        const best = matching.toSorted((a, b) => ACTIONS.indexOf(b.action) - ACTIONS.indexOf(a.action))[0];
        expect(decideFile(policy, file()).rule).toBe(best?.id);
      }),
    );
  });
});

describe('a condition', () => {
  const numbers = file({ inspection: { findings: [found('jp.my-number', 3), found('email', 40, 'low')] } });

  it('asks every entry of findings, and any detector inside one, with distinct values added up', () => {
    expect(holds({ findings: [{ detector: 'jp.my-number' }] }, numbers)).toBe(true);
    expect(holds({ findings: [{ detector: 'jp.my-number', 'at-least': 4 }] }, numbers)).toBe(false);
    expect(holds({ findings: [{ detector: 'jp.my-number' }, { detector: 'jp.phone' }] }, numbers)).toBe(false);
    expect(holds({ findings: [{ detector: ['jp.my-number', 'jp.phone'] }] }, numbers)).toBe(true);
    const both = file({ inspection: { findings: [found('jp.phone', 2), found('email', 3)] } });
    expect(holds({ findings: [{ detector: ['jp.phone', 'email'], 'at-least': 5 }] }, both)).toBe(true);
    expect(holds({ findings: [{ detector: ['jp.phone', 'email'], 'at-least': 6 }] }, both)).toBe(false);
  });

  it('counts medium confidence and better unless told otherwise', () => {
    expect(holds({ findings: [{ detector: 'email' }] }, numbers)).toBe(false);
    expect(holds({ findings: [{ detector: 'email', confidence: 'low' }] }, numbers)).toBe(true);
    expect(holds({ findings: [{ detector: 'jp.my-number', confidence: 'high' }] }, numbers)).toBe(true);
    const medium = file({ inspection: { findings: [found('jp.phone', 1, 'medium')] } });
    expect(holds({ findings: [{ detector: 'jp.phone', confidence: 'high' }] }, medium)).toBe(false);
  });

  it('compares the upper bound of persons, and the lower one when it must be certain', () => {
    const list = file({ inspection: { persons: { from: 600, to: 1000 } } });
    expect(holds({ persons: { 'at-least': 1000 } }, list)).toBe(true);
    expect(holds({ persons: { 'at-least': 1001 } }, list)).toBe(false);
    expect(holds({ persons: { 'at-least': 600, certain: true } }, list)).toBe(true);
    expect(holds({ persons: { 'at-least': 601, certain: true } }, list)).toBe(false);
  });

  it('knows any unreadable reason and named ones', () => {
    const locked = file({ inspection: { unreadable: [{ reason: 'encrypted' }] } });
    expect(holds({ unreadable: true }, locked)).toBe(true);
    expect(holds({ unreadable: true }, file())).toBe(false);
    expect(holds({ unreadable: ['corrupt', 'encrypted'] }, locked)).toBe(true);
    expect(holds({ unreadable: ['corrupt'] }, locked)).toBe(false);
  });

  it('matches a name without slash against the file name and one with slash against the path', () => {
    expect(holds({ name: ['notes.*'] }, file())).toBe(true);
    expect(holds({ name: ['reports*'] }, file())).toBe(false);
    expect(holds({ name: ['reports/*'] }, file())).toBe(true);
    expect(holds({ name: ['*/old/*'] }, file())).toBe(false);
  });

  it('takes both ends of size as inside', () => {
    expect(holds({ size: { 'at-least': 1000, 'at-most': '1000B' } }, file())).toBe(true);
    expect(holds({ size: { 'at-least': '1KiB' } }, file())).toBe(false);
    expect(holds({ size: { 'at-most': 999 } }, file())).toBe(false);
  });

  it('knows where to, who and from where', () => {
    expect(holds({ type: ['text'] }, file())).toBe(true);
    expect(holds({ type: ['pdf'] }, file())).toBe(false);
    expect(holds({ bus: ['usb'] }, file())).toBe(true);
    expect(holds({ bus: ['sd'] }, file())).toBe(false);
    expect(holds({ users: ['TANAKA'] }, file())).toBe(true);
    expect(holds({ users: ['suzuki'] }, file())).toBe(false);
    expect(holds({ hosts: ['pc-*'] }, file())).toBe(true);
    expect(holds({ hosts: ['srv-*'] }, file())).toBe(false);
  });

  it('never matches a serial the device does not have', () => {
    expect(holds({ serial: ['4c53*'] }, file())).toBe(true);
    const { device: _, ...bare } = STICK;
    expect(holds({ serial: ['*'] }, file({ volume: bare }))).toBe(false);
  });

  it('holds only when all its members do; a rule when any of its conditions does', () => {
    expect(holds({ type: ['text'], users: ['suzuki'] }, file())).toBe(false);
    const policy = policyWith({ rules: [{ id: 'either', action: 'warn', when: [{ users: ['suzuki'] }, { type: ['text'] }] }] });
    expect(decideFile(policy, file()).rule).toBe('either');
  });
});

describe('labels', () => {
  const inspection = (labels: { scheme: 'purview' | 'property'; id: string; name: string }[]) =>
    file({ inspection: { ...file().inspection, labels } });
  const GUID = '87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca';

  it('are compared by name and by id, with globs', () => {
    const named = inspection([{ scheme: 'purview', id: GUID, name: '極秘\\役員' }]);
    const unnamed = inspection([{ scheme: 'purview', id: GUID, name: '' }]);
    expect(holds({ label: ['極秘*'] }, named)).toBe(true);
    expect(holds({ label: ['社外秘', '*役員'] }, named)).toBe(true);
    expect(holds({ label: [GUID.toUpperCase()] }, unnamed)).toBe(true);
    expect(holds({ label: ['社外秘'] }, named)).toBe(false);
  });

  it('that are not there match nothing, not even a star', () => {
    expect(holds({ label: ['*'] }, inspection([]))).toBe(false);
  });
});
