import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../guard/has-code.ts';
import { TEMPORARY_PREFIX, temporaryIdOf } from '../guard/temporary-name.ts';

const MARK_BYTES = 8;
const REST_BYTES = 8;

/**
 * Ids of temporary files that this agent knows as its own by their first half, also after a crash and without a journal:
 * what another PC left on the medium is not ours to remove.
 */
export class TemporaryIds {
  readonly #mark: string;

  constructor(mark: string) {
    this.#mark = mark;
  }

  next(): string {
    return this.#mark + randomBytes(REST_BYTES).toString('hex');
  }

  /** Names of our own in a folder of a medium. */
  async leftIn(folder: Buffer): Promise<Buffer[]> {
    const names = await readdir(folder, { encoding: 'buffer' });
    return names.filter((name) => name.toString('latin1').startsWith(TEMPORARY_PREFIX) && temporaryIdOf(name)?.startsWith(this.#mark));
  }
}

/** The mark of this agent, kept in a folder on the host. */
export function readMark(folder: string): string {
  const path = join(folder, 'mark');
  try {
    const kept = readFileSync(path, 'latin1');
    if (/^[0-9a-f]{16}$/.test(kept)) return kept;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const mark = randomBytes(MARK_BYTES).toString('hex');
  writeFileSync(path, mark, { mode: 0o600, flush: true });
  return mark;
}
