/** One key of a condition (`C`) with its meaning against the circumstances (`S`) it is asked about. */
export interface Member<C, S> {
  readonly name: keyof C & string;
  /** Also true when the condition does not name this member. */
  holds(condition: C, circumstances: S): boolean;
  /** What was there to compare with, as plain JSON data for `policy explain`. */
  seen(circumstances: S): unknown;
}

/** Ties a member's test to the type its key has in the contract. */
export function memberOf<C, S>() {
  return <M extends keyof C & string>(
    name: M,
    test: { holds(wanted: NonNullable<C[M]>, circumstances: S): boolean; seen(circumstances: S): unknown },
  ): Member<C, S> => ({
    name,
    holds: (condition, circumstances) => {
      const wanted = condition[name];
      return wanted === undefined || wanted === null || test.holds(wanted, circumstances);
    },
    seen: (circumstances) => test.seen(circumstances),
  });
}

/** A condition holds when every member it names does; one that names none always holds. */
export function holdsAll<C, S>(members: readonly Member<C, S>[], condition: C, circumstances: S): boolean {
  return members.every((member) => member.holds(condition, circumstances));
}
