import type { Confidence } from '../../contracts/finding.ts';
import type { Sight } from './sight.ts';
import type { TextWindow } from './text-window.ts';
import type { Reason } from './reason.ts';

export interface Match {
  /** Offset in the window's text. */
  readonly start: number;
  /** The value in one spelling, so that the same value written twice is one. Never leaves the collector unmasked. */
  readonly value: string;
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
  /** Only its check digit speaks for it: enough of its kind in one column or text raise it to `high`. */
  readonly provisional?: boolean;
  /** Thousands have the same value: a sign of personal data, but it counts nobody. */
  readonly shared?: boolean;
}

export interface Report {
  match(match: Match): void;
}

/** What a candidate is, apart from its place; or nothing at all. */
export type Verdict = Omit<Match, 'start'> | 'nothing';

/** How a name is written: the same person may have one of each. */
export type Script = 'han' | 'kana' | 'latin';

export interface Detector {
  readonly id: string;
  /** How well a value tells one person from another: `document` numbers are unique, `contact` data nearly so. */
  readonly identifies?: 'document' | 'contact';
  /** For names, which people write in more than one way. */
  readonly scriptOf?: (value: string) => Script;
  /** Reports every match of a passage; the collector drops those that no candidate of the detector points to. */
  scan(window: TextWindow, report: Report): void;
  /**
   * Judges a candidate of running text by its bytes, when they are enough: where a word near it would change the verdict,
   * and in every other doubt, it says nothing, and the text is read.
   */
  glance?(sight: Sight): Verdict | undefined;
  /** A sample for a person's eyes that cannot be used as the value. */
  mask(value: string): string;
}
