import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCorpus } from '../../../../bench/scan/corpus.ts';
import type { Finding } from '../../../../src/contracts/finding.ts';
import { Collector } from '../../../../src/core/detect/index.ts';
import { candidateWindows } from '../../../../src/core/detect/scanner/index.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../fixtures/files');
/** Four numbers with dots are no candidates: see docs/decisions/005-scanner.md. */
const LEFT_OUT = new Set(['ip-address']);
/** Keeps the words of one window from explaining the numbers of the next. */
const APART = '\n'.repeat(400);

describe('what candidate windows hold is all that today’s detectors find', () => {
  test.each([
    ['cards.txt', 'utf-8'],
    ['deploy.py', 'utf-8'],
    ['corporate-numbers.csv', 'utf-8'],
    ['meibo-shift-jis.csv', 'shift_jis'],
  ])('in %s', (name, encoding) => {
    const bytes = readFileSync(resolve(FIXTURES, name));
    const all = ofAll(bytes, encoding);
    expect(all).not.toEqual([]);
    expect(ofWindows(bytes, encoding)).toEqual(all);
  });

  test.each([1, 2, 3])('in generated tables, logs, mail and code (seed %i)', (seed) => {
    // Decoded as UTF-8 throughout: its Shift_JIS parts are noise to both.
    const { bytes } = makeCorpus(seed, 1);
    const all = ofAll(bytes, 'utf-8');
    expect(all.length).toBeGreaterThan(5);
    expect(ofWindows(bytes, 'utf-8')).toEqual(all);
  });
});

test('windows are apart, in order, and leave out what is near nothing', () => {
  const filler = 'nothing to be seen here\n'.repeat(1000);
  const bytes = Buffer.from(`${filler}taro@example.jp\n${filler}090-1234-5678\n${filler}`);
  const windows = candidateWindows(bytes);
  expect(windows).toHaveLength(2);
  for (const { start, end } of windows) {
    expect(end - start).toBeLessThan(4000);
    expect(bytes.subarray(start, end).toString()).toMatch(/^nothing to.*seen here\n$/s);
  }
});

function ofAll(bytes: Uint8Array, encoding: string): string[] {
  return findings([new TextDecoder(encoding).decode(bytes)]);
}

function ofWindows(bytes: Uint8Array, encoding: string): string[] {
  const decoder = new TextDecoder(encoding);
  return findings(candidateWindows(bytes).map(({ start, end }) => decoder.decode(bytes.subarray(start, end))));
}

function findings(texts: readonly string[]): string[] {
  const collector = new Collector();
  for (const text of texts) collector.add({ kind: 'text', text: `${text}${APART}`, place: {} });
  return collector
    .finish()
    .findings.filter(({ detector }) => !LEFT_OUT.has(detector))
    .map(short)
    .toSorted();
}

function short({ detector, confidence, count, distinct, samples, reasons }: Finding): string {
  return [detector, confidence, count, distinct, samples.join(' '), reasons.join(' ')].join(' | ');
}
