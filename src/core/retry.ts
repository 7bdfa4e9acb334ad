export interface RetryPlan {
  /** Bound of the first wait. */
  readonly firstMillis: number;
  /** Bound of every wait. */
  readonly longestMillis: number;
}

/**
 * How long to wait before try number `attempt` (1 for the first repetition): full jitter, anywhere between nothing and a
 * bound that doubles. After an outage a fleet then comes back spread out, not in step.
 * @param random at least 0, below 1.
 */
export function retryMillis(attempt: number, plan: RetryPlan, random: number): number {
  const bound = Math.min(plan.longestMillis, plan.firstMillis * 2 ** Math.min(Math.max(attempt, 1) - 1, 52));
  return Math.floor(random * bound);
}
