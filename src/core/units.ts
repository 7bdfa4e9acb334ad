const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Milliseconds of a policy's duration, already checked by the contract (`30s`, `5m`, `8h`, `14d`). */
export function durationMillis(duration: string): number {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const factor = MILLIS[unit];
  if (amount === undefined || factor === undefined) throw new TypeError(`not a duration: ${duration}`);
  return Number(amount) * factor;
}

/** Bytes of a policy's size, already checked by the contract (`20MiB` or a number). */
export function sizeBytes(size: string | number): number {
  if (typeof size === 'number') return size;
  const [, amount, unit = ''] = /^(\d+)(B|KiB|MiB|GiB)$/.exec(size) ?? [];
  const factor = BYTES[unit];
  if (amount === undefined || factor === undefined) throw new TypeError(`not a size: ${size}`);
  return Number(amount) * factor;
}
