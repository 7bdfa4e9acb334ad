import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineIdentity, inspectionContext, inspectionTerms } from '../../../src/cli/scan/context.ts';
import { parsePolicy } from '../../../src/policy/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const base = temporaryFolder();
const BASE = 'format: sekisho-policy/1\nname: a\ntitle: { ja: あ, en: a }\n';
const RULES = 'rules: []\n';

function parsed(text: string) {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error('the policy of this test is wrong');
  return policy.value;
}

const contextOf = (text: string): string => inspectionContext(inspectionTerms(parsed(text)), 'engine').toString('hex');

describe('inspectionContext', () => {
  const plain = contextOf(BASE + RULES);

  it('is another for another engine', () => {
    const terms = inspectionTerms(parsed(BASE + RULES));
    expect(inspectionContext(terms, 'one')).not.toEqual(inspectionContext(terms, 'other'));
  });

  it.each([
    ['limits', `${BASE}inspection: { max-depth: 4 }\n${RULES}`],
    ['own keywords', `${BASE}keywords: [{ id: k, words: [鶴計画] }]\n${RULES}`],
  ])('is another for other %s', (_what, text) => expect(contextOf(text)).not.toBe(plain));

  it('is the same under another time limit: what met it is not remembered', () => {
    expect(contextOf(`${BASE}inspection: { max-time: 1s }\n${RULES}`)).toBe(plain);
    expect(inspectionTerms(parsed(BASE + RULES), 10).limits.maxMillis).toBe(300_000);
  });

  it('is the same under other rules, which are asked anew each time', () => {
    expect(contextOf(`${BASE}rules: [{ id: r, when: [{ persons: { at-least: 3 } }], action: block }]\ndefault: warn\n`)).toBe(plain);
  });
});

describe('engineIdentity', () => {
  it('changes with the engine’s text and its files, and with nothing else', () => {
    const root = join(base, 'product');
    mkdirSync(join(root, 'src/core/detect/detectors'), { recursive: true });
    writeFileSync(join(root, 'src/core/detect/detectors/a.ts'), 'one');
    const before = engineIdentity(root);
    const copy = join(base, 'elsewhere');
    cpSync(root, copy, { recursive: true });
    writeFileSync(join(copy, 'src/main.ts'), 'not the engine');
    expect(engineIdentity(copy)).toBe(before);
    writeFileSync(join(copy, 'src/core/detect/detectors/b.ts'), '');
    expect(engineIdentity(copy)).not.toBe(before);
    writeFileSync(join(root, 'src/core/detect/detectors/a.ts'), 'two');
    expect(engineIdentity(root)).not.toBe(before);
  });
});
