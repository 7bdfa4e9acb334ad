import { DETECTOR_IDS, type Finding, type Place } from '../../contracts/finding.ts';
import type { Language } from '../../contracts/ids.ts';
import { createI18n, translator, type Translate } from '../../i18n/create-i18n.ts';
import type { ScannedFile } from './report-schema.ts';

const LOCALES: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' };
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const detectorIds: ReadonlySet<string> = new Set(DETECTOR_IDS);

/** What a scan says to a person, in one language. */
export interface Words {
  readonly language: Language;
  readonly t: Translate;
  readonly number: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** `2 h 05 min`, `3 min 20 s`, `12 s`. */
  readonly duration: (millis: number) => string;
  readonly instant: (text: string) => string;
}

export function createWords(language: Language): Words {
  const number = new Intl.NumberFormat(LOCALES[language]);
  const short = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 });
  const instant = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'long' });
  const unit = (name: string) => new Intl.NumberFormat(LOCALES[language], { style: 'unit', unit: name, unitDisplay: 'short' });
  const [hours, minutes, seconds] = [unit('hour'), unit('minute'), unit('second')];
  return {
    language,
    t: translator(createI18n(language)),
    number: (value) => number.format(value),
    bytes: (value) => {
      const power = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(value) / 10));
      return `${short.format(value / 1024 ** power)} ${BYTE_UNITS[power] ?? 'B'}`;
    },
    duration: (millis) => {
      const all = Math.round(millis / 1000);
      const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
      if (h > 0) return `${hours.format(h)} ${minutes.format(m)}`;
      return m > 0 ? `${minutes.format(m)} ${seconds.format(s)}` : seconds.format(s);
    },
    instant: (text) => instant.format(new Date(text)),
  };
}

type DetectorId = (typeof DETECTOR_IDS)[number];
const isDetector = (id: string): id is DetectorId => detectorIds.has(id);

export function detectorName(id: string, { t }: Words): string {
  if (isDetector(id)) return t(`events:detector.${id}`);
  return id.startsWith('custom.') ? t('events:detector.custom', { id: id.slice('custom.'.length) }) : t('events:detector.unknown', { id });
}

/** `customers.xlsx › sheet 2024 › cell B12`; empty for a place that names nothing. */
export function placeText({ part, sheet, cell, page, line }: Place, { t }: Words): string {
  return [
    part,
    sheet === undefined ? undefined : t('events:place.sheet', { sheet }),
    cell === undefined ? undefined : t('events:place.cell', { cell }),
    page === undefined ? undefined : t('events:place.page', { page }),
    line === undefined ? undefined : t('events:place.line', { line }),
  ]
    .filter((text) => text !== undefined && text !== '')
    .join(' › ');
}

export function personsText(
  { persons, personsFrom = persons }: Pick<ScannedFile, 'persons' | 'personsFrom'>,
  { t, number }: Words,
): string {
  if (persons === personsFrom) return t('scan:line.persons', { count: persons });
  return t('scan:line.persons-range', { from: number(personsFrom), to: number(persons) });
}

/** Findings of low confidence explain themselves in `policy explain`; a list of what to look at leaves them out. */
export const shownFindings = (findings: readonly Finding[]): Finding[] => findings.filter(({ confidence }) => confidence !== 'low');

/** `encrypted`, or with its place `secret.zip: encrypted`. */
export function unreadableTexts(file: ScannedFile, words: Words): string[] {
  return (file.unreadable ?? []).map(({ reason, where }) => {
    const place = where === undefined ? '' : placeText(where, words);
    const text = words.t(`events:unreadable.${reason}`);
    return place === '' ? text : `${place}: ${text}`;
  });
}
