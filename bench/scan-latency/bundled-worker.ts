import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../dist/program');

/** The inspection's worker in the installed program; its name has a hash. Undefined where nothing is built. */
export function bundledWorker(): string | undefined {
  try {
    const file = readdirSync(FOLDER).find(
      (entry) =>
        entry.startsWith('worker-') && readFileSync(join(FOLDER, entry), 'utf8').includes('inspect/worker.ts runs in a worker thread'),
    );
    return file === undefined ? undefined : join(FOLDER, file);
  } catch {
    return undefined;
  }
}
