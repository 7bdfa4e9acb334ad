const FIRST_MILLIS = 500;
const LONGEST_MILLIS = 30_000;

/**
 * How long to wait before trying to reach the agent again, in milliseconds. Doubles up to half a minute; the jitter keeps the
 * trays of many sessions on one machine from knocking at once after the agent's update.
 */
export function reconnectDelay(failures: number, random: number = Math.random()): number {
  const ceiling = Math.min(LONGEST_MILLIS, FIRST_MILLIS * 2 ** Math.min(failures, 16));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}
