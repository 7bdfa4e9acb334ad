import { DETECTOR_IDS } from '../contracts/finding.ts';
import type { LocalizedText } from '../contracts/ids.ts';
import type { FileCondition, Policy } from '../contracts/policy.ts';
import { ACTIONS } from '../contracts/verdict.ts';
import { patternRefusal } from '../core/detect/own-data/index.ts';
import { durationMillis, sizeBytes } from '../core/units.ts';
import { nearest } from './nearest.ts';
import { PATTERN_REFUSED } from './pattern-words.ts';
import { MAX_PROBLEMS, type PolicyProblem } from './problem.ts';
import type { ProblemText, YamlDocument } from './yaml-document.ts';

interface Mistake extends ProblemText {
  readonly path: readonly PropertyKey[];
}

/** Mistakes that a well-formed policy can still hold: what it says cannot be what was meant. docs/spec/policy.md section 8. */
export function meaningProblems(policy: Policy, document: YamlDocument): PolicyProblem[] {
  const mistakes = [
    ...repeatedIds(policy),
    ...longCustomIds(policy),
    ...refusedPatterns(policy),
    ...unknownDetectors(policy),
    ...virtualVolumes(policy),
    ...conditionsThatNeverHold(policy),
    ...unreachableFileRules(policy),
    ...unreachableDeviceRules(policy),
    ...screenLock(policy),
  ];
  return mistakes.slice(0, MAX_PROBLEMS).map(({ path, ...what }) => document.problem('value', path, what));
}

function repeatedIds(policy: Policy): Mistake[] {
  const lists: [string[], readonly { id: string }[]][] = [
    [['rules'], policy.rules],
    [['devices', 'rules'], policy.devices.rules],
  ];
  const alone = lists.map(([path, entries]) => entries.map(({ id }, index) => ({ id, path: [...path, index, 'id'] })));
  // All of these are reported as `custom.<id>`.
  return [...alone, customIds(policy)].flatMap((entries) => {
    const seen = new Set<string>();
    return entries.flatMap(({ id, path }) => {
      if (!seen.has(id)) {
        seen.add(id);
        return [];
      }
      const message = { ja: `id「${id}」は前にもあります`, en: `the id "${id}" is taken by an earlier one` };
      return [{ code: 'duplicate-id' as const, path, message }];
    });
  });
}

function customIds(policy: Policy): { id: string; path: PropertyKey[] }[] {
  return (['keywords', 'patterns', 'own-data'] as const).flatMap((key) =>
    policy[key].map(({ id }, index) => ({ id, path: [key, index, 'id'] })),
  );
}

const CUSTOM = 'custom.';
const MAX_DETECTOR_ID = 64;

function longCustomIds(policy: Policy): Mistake[] {
  return customIds(policy).flatMap(({ id, path }) => {
    if (CUSTOM.length + id.length <= MAX_DETECTOR_ID) return [];
    const limit = MAX_DETECTOR_ID - CUSTOM.length;
    const message = { ja: `この id は ${limit} 文字までです`, en: `this id has at most ${limit} characters` };
    return [{ code: 'out-of-range' as const, path, message }];
  });
}

function refusedPatterns({ patterns }: Policy): Mistake[] {
  return patterns.flatMap((pattern, index) => {
    const refusal = patternRefusal(pattern);
    return refusal === null ? [] : [{ code: 'pattern-refused' as const, path: ['patterns', index, 'regex'], ...PATTERN_REFUSED[refusal] }];
  });
}

function unknownDetectors(policy: Policy): Mistake[] {
  const known: string[] = [...DETECTOR_IDS, ...customIds(policy).map(({ id }) => `${CUSTOM}${id}`)];
  return conditionsOf(policy).flatMap(({ condition, path }) =>
    (condition.findings ?? []).flatMap(({ detector }, entry) => {
      const at = [...path, 'findings', entry, 'detector'];
      const named =
        typeof detector === 'string' ? [{ id: detector, place: at }] : detector.map((id, index) => ({ id, place: [...at, index] }));
      return named.filter(({ id }) => !known.includes(id)).map(({ id, place }) => unknownDetector(id, place, known));
    }),
  );
}

function unknownDetector(id: string, path: readonly PropertyKey[], known: readonly string[]): Mistake {
  const meant = nearest(id, known);
  const hint: LocalizedText =
    meant !== undefined
      ? { ja: `「${meant}」ではありませんか`, en: `did you mean "${meant}"?` }
      : id.startsWith(CUSTOM)
        ? {
            ja: 'keywords・patterns・own-data のどれかに同じ id を書いてください',
            en: 'add an entry with that id under keywords, patterns or own-data',
          }
        : { ja: `使える検出器: ${known.join(', ')}`, en: `known detectors: ${known.join(', ')}` };
  return { code: 'unknown-detector', path, message: { ja: `検出器「${id}」はありません`, en: `there is no detector "${id}"` }, hint };
}

function virtualVolumes({ volumes }: Policy): Mistake[] {
  const index = volumes.removable.indexOf('virtual');
  if (index < 0) return [];
  return [
    {
      code: 'virtual-volumes',
      path: ['volumes', 'removable', index],
      message: { ja: '仮想ボリュームはここには書けません', en: 'virtual volumes are not listed here' },
      hint: { ja: '「include-virtual: true」と書いてください', en: 'write "include-virtual: true"' },
    },
  ];
}

function conditionsThatNeverHold(policy: Policy): Mistake[] {
  const removable: readonly string[] = [...policy.volumes.removable, ...(policy.volumes['include-virtual'] ? ['virtual'] : [])];
  const inFiles = conditionsOf(policy).flatMap(({ condition: { size, bus }, path }) => [
    ...(size?.['at-least'] !== undefined && size['at-most'] !== undefined && sizeBytes(size['at-least']) > sizeBytes(size['at-most'])
      ? [neverHolds([...path, 'size'], { ja: 'at-least が at-most より大きい', en: 'at-least is more than at-most' })]
      : []),
    ...(bus?.every((name) => !removable.includes(name)) === true ? [neverHolds([...path, 'bus'], NOT_REMOVABLE)] : []),
  ]);
  const exceptForAll = policy.rules.flatMap(({ unless = [] }, rule) => {
    const index = unless.findIndex(isEmpty);
    return index < 0 ? [] : [neverHolds(['rules', rule, 'unless', index], EXCEPT_FOR_ALL)];
  });
  const inDevices = policy.devices.rules.flatMap(({ when }, index) => {
    const path = ['devices', 'rules', index, 'when'];
    return [
      ...(when.serial !== undefined && when['has-serial'] === false
        ? [
            neverHolds([...path, 'has-serial'], {
              ja: 'serial と has-serial: false は両立しない',
              en: 'serial and has-serial: false exclude each other',
            }),
          ]
        : []),
      ...(when.bus?.every((name) => !removable.includes(name)) === true ? [neverHolds([...path, 'bus'], NOT_REMOVABLE)] : []),
    ];
  });
  return [...inFiles, ...exceptForAll, ...inDevices];
}

const NOT_REMOVABLE = {
  ja: 'volumes で取り外せるものとされていないバスだけが書かれている',
  en: 'volumes does not count any of these buses as removable',
};

const EXCEPT_FOR_ALL = { ja: 'すべてのファイルが例外になっている', en: 'every file is an exception' };

function neverHolds(path: readonly PropertyKey[], why: LocalizedText): Mistake {
  return {
    code: 'never-holds',
    path,
    message: { ja: `この条件は決して成り立ちません: ${why.ja}`, en: `this condition can never hold: ${why.en}` },
  };
}

/** A rule for every file leaves nothing to weaker rules, nor to later ones of its own strength. */
function unreachableFileRules({ rules }: Policy): Mistake[] {
  const strength = (index: number): number => ACTIONS.indexOf(rules[index]?.action ?? 'allow');
  const always = rules.flatMap(({ when, unless }, index) => (unless === undefined && when.some(isEmpty) ? [index] : []));
  return rules.flatMap(({ id }, index) => {
    const by = always.find((other) => strength(other) > strength(index) || (strength(other) === strength(index) && other < index));
    return by === undefined ? [] : [unreachable(['rules', index, 'id'], id, rules[by]?.id ?? '')];
  });
}

function unreachableDeviceRules({ devices: { rules } }: Policy): Mistake[] {
  const always = rules.findIndex(({ when }) => isEmpty(when));
  if (always < 0) return [];
  return rules.flatMap(({ id }, index) =>
    index > always ? [unreachable(['devices', 'rules', index, 'id'], id, rules[always]?.id ?? '')] : [],
  );
}

function unreachable(path: readonly PropertyKey[], id: string, by: string): Mistake {
  return {
    code: 'unreachable-rule',
    path,
    message: { ja: `規則「${id}」が選ばれることはありません`, en: `the rule "${id}" can never decide` },
    hint: { ja: `規則「${by}」がすべてに当てはまります`, en: `the rule "${by}" holds for everything` },
  };
}

function screenLock({ 'screen-lock': lock }: Policy): Mistake[] {
  if (lock === undefined || durationMillis(lock.warn) < durationMillis(lock.after)) return [];
  return [
    {
      code: 'screen-lock-order',
      path: ['screen-lock', 'warn'],
      message: {
        ja: `予告（warn: ${lock.warn}）はロックまでの時間（after: ${lock.after}）より短くしてください`,
        en: `the warning (warn: ${lock.warn}) must be shorter than the time to the lock (after: ${lock.after})`,
      },
    },
  ];
}

function conditionsOf({ rules }: Policy): { condition: FileCondition; path: PropertyKey[] }[] {
  return rules.flatMap(({ when, unless = [] }, rule) => [
    ...when.map((condition, index) => ({ condition, path: ['rules', rule, 'when', index] })),
    ...unless.map((condition, index) => ({ condition, path: ['rules', rule, 'unless', index] })),
  ]);
}

const isEmpty = (condition: object): boolean => Object.values(condition).every((member) => member === undefined);
