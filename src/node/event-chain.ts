import { hash as digest } from 'node:crypto';
import { type AgentEvent, type EventContent, GENESIS_HASH } from '../contracts/event.ts';
import { canonicalJson } from '../core/canonical-json.ts';

/** SHA-256 over the canonical JSON of the content (docs/spec/events.md section 3). */
export function hashEvent(content: EventContent): string {
  return hashCanonical(canonicalJson(content));
}

/** For those who have the canonical text already. */
export function hashCanonical(text: string): string {
  return digest('sha256', text, 'hex');
}

export function sealEvent(content: EventContent): AgentEvent {
  return { ...content, hash: hashEvent(content) };
}

export type ChainProblem =
  | { readonly kind: 'altered'; readonly sequence: number }
  | { readonly kind: 'foreign'; readonly sequence: number }
  | { readonly kind: 'repeated'; readonly sequence: number }
  | { readonly kind: 'unlinked'; readonly sequence: number }
  | { readonly kind: 'missing'; readonly from: number; readonly to: number };

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly lastHash: string;
}

/**
 * Checks one agent's events, offered in order of sequence. A gap is forgiven only when a later event of the same chain,
 * `spool.overflowed`, names exactly that range and the hash it ended with: what was dropped is then known by number.
 */
export class ChainVerifier {
  readonly problems: ChainProblem[] = [];
  #last: AgentEvent | null = null;
  #gaps: Gap[] = [];
  #declared: Gap[] = [];
  #checked = 0;

  get checked(): number {
    return this.#checked;
  }

  accept(event: AgentEvent): void {
    const { hash, ...content } = event;
    this.#checked += 1;
    if (hashEvent(content) !== hash) this.problems.push({ kind: 'altered', sequence: event.sequence });
    const last = this.#last;
    const expected = (last?.sequence ?? 0) + 1;
    if (last !== null && event.agent !== last.agent) this.problems.push({ kind: 'foreign', sequence: event.sequence });
    if (event.sequence < expected) {
      this.problems.push({ kind: 'repeated', sequence: event.sequence });
      return;
    }
    if (event.sequence > expected) this.#gaps.push({ from: expected, to: event.sequence - 1, lastHash: event.previousHash });
    else if (event.previousHash !== (last?.hash ?? GENESIS_HASH)) this.problems.push({ kind: 'unlinked', sequence: event.sequence });
    if (event.body.type === 'spool.overflowed') this.#declared.push(...event.body.data.ranges);
    this.#last = event;
  }

  /** Call once after the last event; the chain holds when this is empty. */
  finish(): readonly ChainProblem[] {
    for (const gap of this.#gaps) {
      const known = this.#declared.some((range) => range.from <= gap.from && range.to === gap.to && range.lastHash === gap.lastHash);
      if (!known) this.problems.push({ kind: 'missing', from: gap.from, to: gap.to });
    }
    this.#gaps = [];
    return this.problems;
  }
}
