import type { Finding, Inspection, Place } from '../../contracts/finding.ts';
import type { Language } from '../../contracts/ids.ts';
import type { Policy } from '../../contracts/policy.ts';
import { displayName } from '../../core/display-name.ts';
import { resources } from '../../i18n/resources.ts';
import type { ConditionExplanation, FileExplanation, MemberExplanation, VolumeExplanation } from '../../core/policy/explain.ts';

const TEXTS = {
  en: {
    byDefault: 'the default, no rule matches',
    byRule: (rule: string) => `rule ${rule}`,
    content: 'content',
    persons: (count: string) => `${count} person(s)`,
    label: 'label',
    volume: 'device',
    decided: 'decided',
    matched: 'matches, but a stronger or earlier rule decided',
    failed: 'does not match',
    always: 'holds for every file',
    member: (member: string, wanted: string, seen: string) => `${member}: asked ${wanted}, found ${seen}`,
    unless: 'unless',
    nothing: 'nothing',
  },
  ja: {
    byDefault: '当てはまる規則がなく、既定の扱い',
    byRule: (rule: string) => `規則 ${rule}`,
    content: '中身',
    persons: (count: string) => `${count} 人`,
    label: '機密ラベル',
    volume: '媒体',
    decided: 'この規則で決まりました',
    matched: '当てはまりますが、より強い（または先の）規則が優先されました',
    failed: '当てはまりません',
    always: 'すべてのファイルに当てはまる',
    member: (member: string, wanted: string, seen: string) => `${member}: 条件 ${wanted}、実際 ${seen}`,
    unless: '例外',
    nothing: 'なし',
  },
} as const;

/** What `policy explain` learnt about one file. */
export interface Explained {
  readonly inspection: Inspection;
  readonly volume: VolumeExplanation;
  readonly file: FileExplanation;
}

/** A file's explanation in lines for a person; each condition is marked as met (+) or failed (-). */
export function explanationLines(
  file: string,
  { inspection, volume, file: { verdict, rules } }: Explained,
  policy: Policy,
  language: Language,
): string[] {
  const text = TEXTS[language];
  const by = (rule: string | undefined): string => (rule === undefined ? text.byDefault : text.byRule(rule));
  const titles = new Map(policy.rules.map(({ id, title }) => [id, title?.[language]]));
  return [
    `${displayName(file)}: ${verdict.action} (${by(verdict.rule)})`,
    `  ${text.content}: ${contentText(inspection, language)}`,
    ...inspection.findings.map((finding) => `      ${findingText(finding, language)}`),
    `  ${text.volume}: ${volume.decision.treatment} (${by(volume.decision.rule)})`,
    ...rules.flatMap(({ id, action, matched, decided, conditions, exceptions }) => {
      const title = titles.get(id);
      const outcome = decided ? text.decided : matched ? text.matched : text.failed;
      const head = `  ${matched ? '+' : '-'} ${id}${title === undefined ? '' : ` ${title}`} [${action}] ${outcome}`;
      return [
        head,
        ...conditionLines(conditions, language),
        ...(exceptions.length === 0 ? [] : [`      ${text.unless}:`, ...conditionLines(exceptions, language)]),
      ];
    }),
  ];
}

function contentText({ type, persons, findings, labels, unreadable }: Inspection, language: Language): string {
  const people = persons.from === persons.to ? String(persons.to) : `${persons.from}-${persons.to}`;
  return [
    type,
    TEXTS[language].persons(people),
    ...findings.map(({ detector, distinct, confidence }) => `${detector} ${distinct} (${confidence})`),
    ...labels.map(({ id, name }) => `${TEXTS[language].label} ${name === '' ? id : name}`),
    ...unreadable.map(({ reason }) => `unreadable: ${reason}`),
  ].join(', ');
}

/** Why a finding counts as it does, where the first of it is, and what it looks like, masked. */
function findingText({ detector, reasons, where, samples }: Finding, language: Language): string {
  const words: Readonly<Record<string, string>> = resources[language].events;
  const why = reasons.map((reason) => words[`reason.${reason}`] ?? reason);
  const [place] = where;
  const [sample] = samples;
  return displayName(
    [
      `${detector}: ${why.join(language === 'ja' ? '・' : '; ')}`,
      ...(place === undefined || Object.keys(place).length === 0 ? [] : [placeText(place)]),
      ...(sample === undefined ? [] : [sample]),
    ].join(' | '),
  );
}

const placeText = (place: Place): string =>
  Object.entries(place)
    .map(([part, value]) => `${part} ${value}`)
    .join(', ');

function conditionLines(conditions: readonly ConditionExplanation[], language: Language): string[] {
  return conditions.flatMap(({ members }) =>
    members.length === 0
      ? [`      + ${TEXTS[language].always}`]
      : members.map((member) => `      ${member.holds ? '+' : '-'} ${memberText(member, language)}`),
  );
}

function memberText({ member, wanted, seen }: MemberExplanation, language: Language): string {
  const { member: line, nothing } = TEXTS[language];
  return line(member, plain(wanted, nothing), plain(seen, nothing));
}

/** Policy data without JSON's quotes and brackets: `detector jp.my-number, at-least 2`. */
function plain(value: unknown, nothing: string): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return nothing;
  if (Array.isArray(value)) return value.map((entry) => plain(entry, nothing)).join(typeof value[0] === 'object' ? '; ' : ' | ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, entry]) => `${key} ${plain(entry, nothing)}`)
      .join(', ');
  }
  return displayName(typeof value === 'string' ? value : JSON.stringify(value));
}
