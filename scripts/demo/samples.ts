/** A real file and what the practice policy makes of it. */
export interface Sample {
  /** Below test/fixtures. */
  readonly fixture: string;
  /** Name on the stick, when not the fixture's own. */
  readonly name?: string;
  readonly expect: 'encrypt' | 'block' | 'pass';
  readonly why: string;
}

export const SAMPLES: readonly Sample[] = [];
