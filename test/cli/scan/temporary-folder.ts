import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that goes away with the suite. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-scan-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
