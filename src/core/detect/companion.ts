import type { Finding, PersonCount, Place } from '../../contracts/finding.ts';

/** What a companion found in one file, beside the detectors' findings. */
export interface CompanionDetection {
  readonly findings: readonly Finding[];
  readonly persons?: PersonCount;
}

/**
 * Reads all of a file's text beside the scanner: what an organisation calls its own (its customers' data, its documents,
 * its words) has no anchors that bytes could be searched for. One companion serves one file.
 */
export interface Companion {
  /** Normalised text in reading order; the next call may go on in the middle of a word. A line break stands where a line ends. */
  addText(text: string, place: Place): void;
  /** One row of a table, its cells normalised and without line breaks. */
  addRow(cells: readonly string[], place: Place): void;
  /** Another part or sheet begins: what comes next is no neighbour of what came before. */
  endRegion(): void;
  /** To be called once, behind the last text. */
  finish(): CompanionDetection;
}
