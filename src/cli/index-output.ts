import { createHash, randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { displayName } from '../core/display-name.ts';
import { syncFolder } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';

export interface WrittenIndex {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes an index, whole or not at all, and replaces an older one: agents go by the SHA-256 that their policy names. */
export async function writeIndex(path: string, parts: readonly Uint8Array[]): Promise<Result<WrittenIndex, Failure>> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      for (const part of parts) {
        hash.update(part);
        bytes += part.length;
        await file.writeFile(part);
      }
      await file.sync();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return ok({ file: basename(path), bytes, sha256: hash.digest('hex') });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    const { code, message, retryable } = fromErrno(error);
    return err({ code, message: `${displayName(path)}: ${message}`, retryable });
  }
}

/** What to put under `own-data` in the policy: the signature of the policy then covers the index. */
export function indexEntry({
  id,
  kind,
  file,
  sha256,
  more,
}: { id: string; kind: string; more: Readonly<Record<string, string | number>> } & WrittenIndex): string {
  const entries: Record<string, string | number> = { kind, file, sha256, ...more };
  const lines = Object.entries(entries).map(([key, value]) => `    ${key}: ${typeof value === 'number' ? value : JSON.stringify(value)}`);
  return ['own-data:', `  - id: ${id}`, ...lines].join('\n');
}
