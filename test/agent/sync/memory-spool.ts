import type { AgentEvent } from '../../../src/contracts/event.ts';
import type { SpoolReader } from '../../../src/core/ports.ts';
import { encryptedBody, TestChain } from '../../collector/support.ts';

/** A spool without a disk, holding a real chain. */
export class MemorySpool implements SpoolReader {
  readonly chain: TestChain;
  acknowledged = 0;
  readonly #listeners = new Set<() => void>();

  constructor(agent: string) {
    this.chain = new TestChain(agent);
  }

  add(count: number): AgentEvent[] {
    const events = Array.from({ length: count }, () => this.chain.append(encryptedBody(`営業/名簿-${this.chain.events.length + 1}.xlsx`)));
    for (const listener of this.#listeners) listener();
    return events;
  }

  pending(after: number, limit: number): AgentEvent[] {
    const from = Math.max(after, this.acknowledged);
    return this.chain.events.filter(({ sequence }) => sequence > from).slice(0, limit);
  }

  head(): { sequence: number; hash: string } | null {
    return this.chain.events.at(-1) ?? null;
  }

  acknowledge(through: number): void {
    this.acknowledged = Math.max(this.acknowledged, through);
  }

  count(): number {
    return this.chain.events.length - this.acknowledged;
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
