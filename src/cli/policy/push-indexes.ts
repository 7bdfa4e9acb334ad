import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { INDEX_PIECE_BYTES, indexState, type IndexState } from '../../contracts/collector-api.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { OwnDataIndex } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import type { ConsoleClient } from '../console-client.ts';

/**
 * Brings the indexes that a policy names to the collector, each from where an earlier try broke off.
 * @param folder where the files lie that the policy names.
 * @returns the names of those that were sent. DLP_OWN_DATA_INDEX when one is neither here nor there.
 */
export async function pushIndexes(
  client: ConsoleClient,
  indexes: readonly OwnDataIndex[],
  folder: string,
): Promise<Result<string[], Failure>> {
  const sent: string[] = [];
  for (const { sha256, file } of indexes) {
    const state = await ask(client, sha256);
    if (!state.ok) return state;
    if (state.value.complete) continue;
    const pushed = await pushFile(client, sha256, join(folder, file), state.value.received);
    if (!pushed.ok) return pushed;
    sent.push(displayName(file));
  }
  return ok(sent);
}

async function pushFile(client: ConsoleClient, sha256: string, path: string, received: number): Promise<Result<void, Failure>> {
  const opened = await openIndex(path);
  if (!opened.ok) return opened;
  await using file = opened.value;
  const { size } = await file.stat();
  const piece = new Uint8Array(INDEX_PIECE_BYTES);
  for (let offset = Math.min(received, size); ;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, offset);
    const last = offset + bytesRead >= size;
    const taken = await ask(client, sha256, { offset, last, bytes: piece.subarray(0, bytesRead) });
    if (!taken.ok) return taken;
    if (taken.value.complete) return ok(undefined);
    // Somebody else sends the same index, or it got shorter: either way it cannot be finished from here.
    if (last || taken.value.received < offset)
      return err(failure('DLP_OWN_DATA_INDEX', `${displayName(path)} could not be sent whole. Run the same command again.`));
    offset = taken.value.received;
  }
}

async function openIndex(path: string): Promise<Result<FileHandle, Failure>> {
  try {
    return ok(await open(path, 'r'));
  } catch (error) {
    const { message } = fromErrno(error);
    const next = 'Name the folder of the indexes with --indexes. The release was not pushed.';
    return err(failure('DLP_OWN_DATA_INDEX', `${displayName(path)}, which the policy names, is not at the collector: ${message} ${next}`));
  }
}

interface Piece {
  readonly offset: number;
  readonly last: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function ask(client: ConsoleClient, sha256: string, piece?: Piece): Promise<Result<IndexState, Failure>> {
  const path = `/api/indexes/${sha256}`;
  const answer = await client.call(
    piece === undefined
      ? { method: 'GET', path }
      : { method: 'POST', path: `${path}?offset=${piece.offset}&last=${piece.last}`, body: piece.bytes },
  );
  return answer.ok ? ok(indexState.parse(answer.value)) : answer;
}
