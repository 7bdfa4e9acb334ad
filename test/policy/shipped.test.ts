import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatProblem, parseCases, parsePolicy, testPolicy, untestedRules } from '../../src/policy/index.ts';
import { jsonSchemas } from '../../src/policy/json-schema.ts';

const folder = fileURLToPath(new URL('../../policies/', import.meta.url));
const read = (name: string) => readFileSync(`${folder}${name}`, 'utf8');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

function shipped(name: string) {
  const policy = parsePolicy(read(`${name}.yaml`));
  if (!policy.ok) throw new Error(policy.error.map((problem) => formatProblem(`${name}.yaml`, problem)).join('\n'));
  const cases = parseCases(read(`cases/${name}.yaml`));
  if (!cases.ok) throw new Error(cases.error.map((problem) => formatProblem(`cases/${name}.yaml`, problem)).join('\n'));
  return { policy: policy.value, cases: cases.value };
}

describe('the shipped policies', () => {
  it('are these', () => {
    expect(names).toEqual([
      'appi-personal-data',
      'audit-only',
      'default',
      'developers-secrets',
      'my-number-strict',
      'pci-cards',
      'practice',
    ]);
  });

  it.each(names)('%s decides its cases as written, and every rule has one', (name) => {
    const { policy, cases } = shipped(name);
    expect(policy.name).toBe(name);
    const results = testPolicy(policy, cases);
    expect(results.length).toBeGreaterThan(5);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(untestedRules(policy, cases)).toEqual([]);
  });

  it.each(names)('%s tells the person what happened wherever it does more than record', (name) => {
    const { policy } = shipped(name);
    const silent = policy.rules.filter(({ action, message }) => !['allow', 'record'].includes(action) && message === undefined);
    expect(silent).toEqual([]);
    expect(policy.rules.every(({ title }) => title !== undefined)).toBe(true);
  });

  it('practice is the default policy for virtual volumes, rule for rule', () => {
    const { name: _, title: __, description: ___, volumes, ...practice } = shipped('practice').policy;
    const { name: a, title: b, description: c, volumes: standard, ...rest } = shipped('default').policy;
    expect([a, b, c].every(Boolean)).toBe(true);
    expect(practice).toEqual(rest);
    expect(volumes).toEqual({ ...standard, 'include-virtual': true, 'guard-mode': 'watch' });
  });
});

describe('the published JSON Schemas', () => {
  const schemas = jsonSchemas();

  it.each(Object.keys(schemas))('%s is the one the contracts give (else run: node scripts/policy-schema.ts)', (name) => {
    expect(read(`schema/${name}`)).toBe(schemas[name]);
  });

  it.each([
    ['policy.schema.json', names.map((name) => `${name}.yaml`)],
    ['policy-cases.schema.json', names.map((name) => `cases/${name}.yaml`)],
  ])('%s accepts what is shipped, which names it', (schema, files) => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(read(`schema/${schema}`)));
    for (const file of files) {
      expect({ file, valid: validate(parse(read(file))), errors: validate.errors }).toEqual({ file, valid: true, errors: null });
      expect(read(file).split('\n', 1)[0]).toContain(`schema/${schema}`);
    }
  });

  it('refuses an unknown key and a wrong action', () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(read('schema/policy.schema.json')));
    const policy = { format: 'sekisho-policy/1', name: 'x', title: { ja: 'x', en: 'x' }, rules: [] };
    expect(validate(policy)).toBe(true);
    expect(validate({ ...policy, rule: [] })).toBe(false);
    expect(validate({ ...policy, default: 'stop' })).toBe(false);
  });
});
