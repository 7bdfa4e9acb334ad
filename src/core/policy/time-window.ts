import type { TimeWindow } from '../../contracts/policy.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies NonNullable<TimeWindow['days']>;
const MINUTES_OF_A_DAY = 24 * 60;

interface LocalTime {
  /** 0 is Monday. */
  readonly day: number;
  readonly minute: number;
}

/** Whether an instant lies in any of the windows. A zone that this machine does not know holds nothing. */
export function isWithinAny(windows: readonly TimeWindow[], instant: string): boolean {
  return windows.some((window) => isWithin(window, instant));
}

function isWithin({ days = [...DAYS], from, to, zone }: TimeWindow, instant: string): boolean {
  const local = localTime(instant, zone);
  if (local === null) return false;
  const start = minuteOf(from);
  const length = (minuteOf(to) - start + MINUTES_OF_A_DAY) % MINUTES_OF_A_DAY || MINUTES_OF_A_DAY;
  const sinceStart = (local.minute - start + MINUTES_OF_A_DAY) % MINUTES_OF_A_DAY;
  // After midnight the window is still that of the day it began on.
  const beganOn = local.minute < start ? (local.day + 6) % 7 : local.day;
  return sinceStart < length && days.some((day) => DAYS.indexOf(day) === beganOn);
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function localTime(instant: string, zone: string): LocalTime | null {
  const format = formatOf(zone);
  const date = new Date(instant);
  if (format === null || Number.isNaN(date.getTime())) return null;
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const day = DAYS.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Kept: making one costs more than a hundred uses of it. */
function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = makeFormat(zone);
  formats.set(zone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    return null;
  }
}
