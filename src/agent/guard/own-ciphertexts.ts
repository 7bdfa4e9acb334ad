import type { FileHandle } from 'node:fs/promises';
import { checkFile } from '../../age/index.ts';
import type { Journal } from './journal.ts';
import { hashFile } from './subject.ts';

/**
 * Knows the age files that are what policy wants already, so that a stick that comes back is not encrypted over again.
 * Where the agent has identities these decide, for what other PCs of the organisation wrote too. Without any, it
 * remembers what it wrote itself. Either way the whole file is read: a genuine header with something else behind it
 * must not pass.
 */
export class OwnCiphertexts {
  readonly #identities: readonly string[];
  readonly #journal: Journal;

  constructor(identities: readonly string[], journal: Journal) {
    this.#identities = identities;
    this.#journal = journal;
  }

  async includes(file: FileHandle): Promise<boolean> {
    if (this.#identities.length > 0) return (await checkFile(file, this.#identities)).ok;
    const { size } = await file.stat();
    return this.#journal.knowsCiphertextOf(size) && this.#journal.knowsCiphertext(await hashFile(file));
  }

  async remember(file: FileHandle): Promise<void> {
    if (this.#identities.length > 0) return;
    const { size } = await file.stat();
    this.#journal.rememberCiphertext(await hashFile(file), size);
  }
}
