/** One key of a condition (`C`) with its meaning against the circumstances (`S`) it is asked about. */
export interface Member<C, S> {
  readonly name: keyof C & string;
  /** Also true when the condition does not name this member. */
  holds(condition: C, circumstances: S): boolean;
  /** What was there of what the condition asks, as plain JSON data for `policy explain`. */
  seen(condition: C, circumstances: S): unknown;
}

interface MemberTest<W, S> {
  holds(wanted: W, circumstances: S): boolean;
  seen(circumstances: S, wanted: W): unknown;
}

/** Ties a member's test to the type its key has in the contract. */
export function memberOf<C, S>() {
  return <M extends keyof C & string>(name: M, test: MemberTest<NonNullable<C[M]>, S>): Member<C, S> => {
    const ifNamed = <T>(condition: C, otherwise: T, run: (wanted: NonNullable<C[M]>) => T): T => {
      const wanted = condition[name];
      return wanted === undefined || wanted === null ? otherwise : run(wanted);
    };
    return {
      name,
      holds: (condition, circumstances) => ifNamed(condition, true, (wanted) => test.holds(wanted, circumstances)),
      seen: (condition, circumstances) => ifNamed(condition, null, (wanted) => test.seen(circumstances, wanted)),
    };
  };
}

/** A condition holds when every member it names does; one that names none always holds. */
export function holdsAll<C, S>(members: readonly Member<C, S>[], condition: C, circumstances: S): boolean {
  return members.every((member) => member.holds(condition, circumstances));
}
