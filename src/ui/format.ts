import type { Language } from '../contracts/ids.ts';

const LOCALES: Readonly<Record<Language, string>> = { ja: 'ja-JP', en: 'en-GB' };
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Numbers and instants in one language and time zone. Instants are ISO 8601 texts as in the contracts. */
export interface Formatter {
  readonly number: (value: number) => string;
  /** Binary units, as policies write them. */
  readonly bytes: (value: number) => string;
  /** Hours, minutes, seconds. */
  readonly time: (instant: string) => string;
  /** Month and day; with the year when it is not `now`'s. */
  readonly day: (instant: string, now?: number) => string;
  /** The day where it needs saying: null on the day of `now`. */
  readonly otherDay: (instant: string, now: number) => string | null;
  /** Everything, with the zone's name. */
  readonly full: (instant: string) => string;
  /** "5 minutes ago"; below a minute "now". */
  readonly relative: (instant: string, now: number) => string;
  /** A span such as 90 s or 1 h 5 min, two parts at most. */
  readonly duration: (millis: number) => string;
}

/** @param timeZone IANA name; the viewer's own when left out. */
export function createFormatter(language: Language, timeZone?: string): Formatter {
  const locale = LOCALES[language];
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', ...zone });
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...zone });
  const dayOfYear = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', ...zone });
  const year = new Intl.DateTimeFormat('en', { year: 'numeric', ...zone });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long', ...zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

  const dayText = (instant: string, now = Date.now()): string => {
    const date = new Date(instant);
    return (year.format(date) === year.format(now) ? day : dayOfYear).format(date);
  };

  return {
    number: (value) => number.format(value),
    bytes: (value) => {
      const power = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(value) / 10));
      return `${short.format(value / 1024 ** power)} ${BYTE_UNITS[power] ?? 'B'}`;
    },
    time: (instant) => time.format(new Date(instant)),
    day: dayText,
    otherDay: (instant, now) => (dayOfYear.format(new Date(instant)) === dayOfYear.format(now) ? null : dayText(instant, now)),
    full: (instant) => full.format(new Date(instant)),
    relative: (instant, now) => {
      const passed = Date.parse(instant) - now;
      const [span, size] = UNITS.find(([, millis]) => Math.abs(passed) >= millis) ?? ['second', Number.POSITIVE_INFINITY];
      return relative.format(Math.trunc(passed / size), span);
    },
    duration: (millis) => formatDuration(millis, locale),
  };
}

function formatDuration(millis: number, locale: string): string {
  if (millis < 1000) return inUnit(Math.round(millis), 'millisecond', locale);
  const seconds = Math.round(millis / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, name]) => inUnit(amount, name, locale))
    .join(locale === LOCALES.ja ? '' : ' ');
}

function inUnit(amount: number, unit: string, locale: string): string {
  const unitDisplay = unit === 'millisecond' ? 'short' : 'long';
  const text = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).format(amount);
  // CLDR sets a space before Japanese units; running text has none.
  return locale === LOCALES.ja ? text.replaceAll(/\s/gu, '') : text;
}
