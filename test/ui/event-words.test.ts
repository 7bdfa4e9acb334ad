import { describe, expect, it } from 'vitest';
import { knownEventTypes } from '../../src/contracts/collector-api.ts';
import { bus, deviceClass } from '../../src/contracts/device.ts';
import { ERROR_CODES } from '../../src/contracts/errors.ts';
import { type Confidence, CONFIDENCES, DETECTOR_IDS, unreadableReason } from '../../src/contracts/finding.ts';
import { SEVERITIES } from '../../src/contracts/ids.ts';
import { ACTIONS } from '../../src/contracts/verdict.ts';
import type { Reason } from '../../src/core/detect/reason.ts';
import { createI18n, translator } from '../../src/i18n/create-i18n.ts';
import { resources } from '../../src/i18n/resources.ts';
import { detectorName, errorText, findingsText, personsText, placeText, reasonText, typeName } from '../../src/ui/event-words.ts';
import { createFormatter } from '../../src/ui/format.ts';

/** The type makes this list complete: a reason more, and it does not compile. */
const REASONS: Readonly<Record<Reason, true>> = {
  'check-digit': true,
  'context-word': true,
  'column-header': true,
  repeated: true,
  format: true,
  label: true,
  prose: true,
  'known-test-value': true,
  placeholder: true,
  'reserved-range': true,
  'machine-sender': true,
  'version-number': true,
  timestamp: true,
  'column-type': true,
  'policy-keyword': true,
};

const ja = translator(createI18n('ja'));
const en = translator(createI18n('en'));

/** Every value of the contract that a person may see, and the key that names it. */
const NAMED: readonly (readonly [string, readonly string[]])[] = [
  ['type', knownEventTypes],
  ['headline', knownEventTypes.filter((type) => type !== 'device.access-changed').concat('device.access-denied', 'device.access-granted')],
  ['action', ACTIONS],
  ['severity', SEVERITIES],
  ['detector', DETECTOR_IDS],
  ['confidence', CONFIDENCES],
  ['unreadable', unreadableReason.options],
  ['bus', bus.options],
  ['class', deviceClass.options],
  ['reason', Object.keys(REASONS)],
  ['treatment', ['block', 'read-only', 'guard', 'allow', 'ignore']],
  ['basis', ['owner', 'session', 'process', 'unknown']],
];

describe.each(['ja', 'en'] as const)('names in %s', (language) => {
  const events: Readonly<Record<string, string>> = resources[language].events;
  const names = new Set(Object.keys(events).map((key) => key.replace(/_(?:one|other)$/, '')));

  it.each(NAMED)('every %s has one', (kind, values) => {
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter((value) => !names.has(`${kind}.${value}`))).toEqual([]);
  });

  it('every error code of the catalogue has words', () => {
    const errors: Readonly<Record<string, string>> = resources[language].errors;
    expect(ERROR_CODES.filter((code) => errors[code] === undefined)).toEqual([]);
  });
});

describe('ids this build does not know', () => {
  it('are shown as they are, never as a key', () => {
    expect(typeName('print.blocked', en)).toBe('Other event (print.blocked)');
    expect(typeName('unknown', en)).toBe('Other event (unknown)');
    expect(detectorName('custom.project-names', en)).toBe('Own data “project-names”');
    expect(detectorName('eu.vat', ja)).toBe('検出器 eu.vat');
    expect(reasonText('moon-phase', ja)).toBe('moon-phase');
    expect(reasonText('unknown', en)).toBe('unknown');
    expect(errorText('DLP_NEW', 'the moon is full', en)).toBe('the moon is full (DLP_NEW)');
  });

  it('cannot reach keys of other kinds', () => {
    expect(errorText('network', 'a sentence', en)).toBe('a sentence (network)');
    expect(reasonText('constructor', en)).toBe('constructor');
  });
});

describe('sentences', () => {
  it('names a place from the outside in', () => {
    const place = { part: 'customers.xlsx', sheet: '2024', cell: 'B12' };
    expect(placeText(place, en)).toBe('customers.xlsx › sheet 2024 › cell B12');
    expect(placeText(place, ja)).toBe('customers.xlsx › シート「2024」 › セルB12');
    expect(placeText({}, en)).toBe('');
  });

  it.each([
    [{ from: 0, to: 0 }, 'No persons', '個人情報なし'],
    [{ from: 1, to: 1 }, '1 person', '1人分'],
    [{ from: 1200, to: 1200 }, '1,200 persons', '1,200人分'],
    [{ from: 3, to: 1200 }, '3 to 1,200 persons', '3～1,200人分'],
  ])('counts persons %j', (persons, english, japanese) => {
    expect(personsText(persons, en, createFormatter('en'))).toBe(english);
    expect(personsText(persons, ja, createFormatter('ja'))).toBe(japanese);
  });

  it('adds up a kind that was found at two confidences, surest first', () => {
    const of = (detector: string, confidence: Confidence, distinct: number) => ({
      detector,
      confidence,
      distinct,
      count: 99,
      samples: [],
      where: [],
      reasons: [],
    });
    const findings = [of('email', 'medium', 3), of('jp.address', 'low', 6), of('jp.address', 'high', 1400)];
    expect(findingsText({ findings }, en, createFormatter('en'))).toBe('Address (Japan) 1,406 · E-mail address 3');
    expect(findingsText({ findings: [] }, en, createFormatter('en'))).toBe('');
  });
});
