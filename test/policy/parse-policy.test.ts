import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policy as policyContract } from '../../src/contracts/policy.ts';
import { formatProblem, parseCases, parsePolicy } from '../../src/policy/index.ts';
import { PROBLEM_CODES } from '../../src/policy/problem.ts';

const folder = fileURLToPath(new URL('../../policies/', import.meta.url));
const vectors = (kind: 'good' | 'bad') =>
  readdirSync(`${folder}vectors/${kind}`).map((name) => ({ name, source: readFileSync(`${folder}vectors/${kind}/${name}`, 'utf8') }));
const mistakes = (source: string) => {
  const parsed = parsePolicy(source);
  return parsed.ok ? [] : parsed.error.map(({ code, line, column }) => `${code} ${line}:${column}`);
};

describe('the good vectors', () => {
  it.each(vectors('good'))('$name', ({ source }) => {
    expect(mistakes(source)).toEqual([]);
  });

  it('every-key names every key there is', () => {
    const parsed = parsePolicy(readFileSync(`${folder}vectors/good/every-key.yaml`, 'utf8'));
    if (!parsed.ok) throw new Error('has mistakes');
    expect(Object.keys(parsed.value).toSorted()).toEqual(Object.keys(policyContract.shape).toSorted());
    expect(Object.keys(parsed.value.rules[0]?.when[0] ?? {})).toHaveLength(11);
    expect(Object.keys(parsed.value.devices.rules[0]?.when ?? {})).toHaveLength(9);
  });
});

describe('the bad vectors', () => {
  const bad = vectors('bad');

  it.each(bad)('$name', ({ source }) => {
    const expected = /^# expect: (.+)$/m.exec(source)?.[1];
    expect(expected).toBeDefined();
    expect(mistakes(source)).toContain(expected);
  });

  it('have between them every kind of mistake that fits into a file', () => {
    const kinds = new Set(bad.map(({ source }) => /^# expect: ([a-z-]+)/m.exec(source)?.[1]));
    expect(PROBLEM_CODES.filter((code) => !kinds.has(code))).toEqual(['too-large', 'too-deep', 'index-unusable']);
  });

  it('stand in the order of the text', () => {
    const [first, second, third] = mistakes('format: x\nname: A\ntitle: { ja: 例, en: T }\nrules: 1\n');
    expect([first, second, third]).toEqual(['wrong-value 1:9', 'wrong-value 2:7', 'wrong-type 4:8']);
  });
});

describe('parsePolicy', () => {
  const HEAD = 'format: sekisho-policy/1\nname: x\ntitle: { ja: x, en: x }\n';

  it('says what to write instead, in both languages', () => {
    const parsed = parsePolicy(`${HEAD}rules: []\ndefualt: block\n`);
    const [problem] = parsed.ok ? [] : parsed.error;
    if (problem === undefined) throw new Error('no problem');
    expect(formatProblem('p.yaml', problem)).toBe('p.yaml:5:1: unknown key "defualt" (did you mean "default"?)');
    expect(formatProblem('p.yaml', problem, 'ja')).toBe('p.yaml:5:1: 知らないキー「defualt」です（「default」ではありませんか）');
    expect(problem.path).toBe('defualt');
  });

  it('gives back quotes that a number needs, as it was written', () => {
    const parsed = parsePolicy(`${HEAD}rules: [{ id: a, when: [{ serial: [007] }], action: warn }]\n`);
    expect(parsed.ok ? '' : parsed.error[0]?.hint?.en).toBe('put it in quotes: "007"');
  });

  it('refuses what is too large or too deep without reading on', () => {
    expect(mistakes(`${HEAD}rules: []\n${'#'.repeat(4_194_304)}`)).toEqual(['too-large 1:1']);
    expect(mistakes('['.repeat(100_000))[0]).toMatch(/^too-deep 1:/);
    expect(mistakes(`rules:\n${'- '.repeat(20_000)}`)[0]).toMatch(/^too-deep /);
  });

  it('stops at fifty mistakes', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}: 1\n`).join('');
    expect(mistakes(`${HEAD}rules: []\n${keys}`)).toHaveLength(50);
    expect(mistakes(`${HEAD}rules: [${'1, '.repeat(300)}]\n`)).toHaveLength(50);
  });

  it('is not opened by a prototype', () => {
    expect(mistakes(`${HEAD}rules: []\nconstructor: 1\n`)).toEqual(['unknown-key 5:1']);
    expect(Object.hasOwn(Object.prototype, 'default')).toBe(false);
  });
});

it('the examples of docs/spec/policy.md are what they say they are', () => {
  const page = readFileSync(new URL('../../docs/spec/policy.md', import.meta.url), 'utf8');
  const blocks = Array.from(page.matchAll(/```yaml\n([^`]+)```/g), ([, block = '']) => block);
  const [whole = '', rule = '', keywords = '', cases = ''] = blocks;
  expect(mistakes(whole)).toEqual([]);
  expect(mistakes(whole + rule + keywords)).toEqual([]);
  expect(parseCases(cases)).toMatchObject({ ok: true });
  expect(blocks).toHaveLength(4);
});

describe('whatever the text', () => {
  const shipped = readFileSync(`${folder}default.yaml`, 'utf8');
  /** The problems that do not stand in the text: none, and at least one problem where there is no policy. */
  const misplaced = (source: string) => {
    const parsed = parsePolicy(source);
    if (parsed.ok) return [];
    const lines = source.split(/\r\n|\r|\n/).length + 1;
    const outside = parsed.error.filter(({ line, column }) => line < 1 || line > lines || column < 1);
    return parsed.error.length === 0 ? ['no problem'] : outside;
  };

  it('gives a policy or problems inside the text, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(misplaced(text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    const tokens = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '  ',
      '&a ',
      '*a',
      '!!x ',
      '? ',
      '|',
      '>',
      '"',
      "'",
      '#',
      '\t',
      '---\n',
      '<<',
      ',',
      '0x1',
      'null',
      '%',
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 40 }), (parts) => {
        expect(misplaced(parts.join(''))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('also for a good policy that was damaged', () => {
    const piece = fc.oneof(
      fc.constantFrom('', ':', ' ', '\n', '- ', '{', ']', '\t', '"', 'null', '0', '[]', '&x ', '*x'),
      fc.string({ maxLength: 4 }),
    );
    const edit = fc.record({ at: fc.nat(shipped.length), cut: fc.nat(12), piece });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        expect(misplaced(edits.reduce((text, { at, cut, piece: put }) => text.slice(0, at) + put + text.slice(at + cut), shipped))).toEqual(
          [],
        );
      }),
      { numRuns: 50 },
    );
  });

  it('reads back any policy of the contract from its JSON', () => {
    const value = { format: 'sekisho-policy/1', name: 'x', title: { ja: 'x', en: 'x' }, rules: [] };
    const title = fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(title, fc.constantFrom('allow', 'record', 'block'), (en, action) => {
        const parsed = parsePolicy(JSON.stringify({ ...value, title: { ja: 'x', en }, default: action }));
        expect(parsed).toMatchObject({ ok: true, value: { title: { en }, default: action } });
      }),
    );
  });
});
