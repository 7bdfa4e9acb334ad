import type { Place, UnreadableReason } from '../contracts/finding.ts';
import type { Segment } from '../core/detect/index.ts';
import type { Budget } from './budget.ts';
import type { Content } from './content.ts';
import { LabelReader } from './labels.ts';

const MOST_UNREADABLE = 16;

export interface Unreadable {
  readonly reason: UnreadableReason;
  readonly where?: Place;
}

/** One file's extraction: where the text goes, what it may cost, what could not be read. */
export class Extraction {
  readonly budget: Budget;
  readonly emit: (segment: Segment) => void;
  readonly unreadable: Unreadable[] = [];
  readonly labels = new LabelReader();
  #tables = 0;

  constructor(budget: Budget, emit: (segment: Segment) => void) {
    this.budget = budget;
    this.emit = emit;
  }

  newTable(): number {
    return ++this.#tables;
  }

  /** The same reason is kept once for each place; the list is a sign for policy, not a log. */
  report(reason: UnreadableReason, part: string | undefined): void {
    if (this.unreadable.length >= MOST_UNREADABLE) return;
    if (this.unreadable.some((seen) => seen.reason === reason && seen.where?.part === part)) return;
    this.unreadable.push({ reason, ...(part === undefined ? {} : { where: { part } }) });
  }
}

/** Where in the nest of containers an extractor stands. */
export interface Level {
  readonly extraction: Extraction;
  readonly part: string | undefined;
  readonly depth: number;
  /** Extracts what lies inside, one level deeper; its failures are recorded, not thrown, unless nothing more may be read. */
  inner(name: string, open: () => Promise<Content> | Content): Promise<void>;
  /** The same where the caller knows how to read it. */
  enter(name: string, extract: (level: Level) => Promise<void>): Promise<void>;
}

/** The place of a level, with more said. */
export function placeOf(level: Level, more: Omit<Place, 'part'> = {}): Place {
  return level.part === undefined ? more : { part: level.part, ...more };
}
