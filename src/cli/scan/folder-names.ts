import { opendir } from 'node:fs/promises';

/** Names are held as latin1: one character a byte, nothing lost, and order of text is order of bytes. */
export interface FolderNames {
  /** In order of bytes. */
  readonly names: string[];
  /** Whether the folder holds names behind the last of these. */
  readonly more: boolean;
}

/**
 * The names of a folder behind `after`, in order, at most `room` of them. A folder of a million names is read once for
 * each part of it: time for memory, and the order is the same every time.
 * @throws system errors of opening and reading the folder.
 */
export async function readNames(path: Buffer, after: string, room: number): Promise<FolderNames> {
  let names: string[] = [];
  let last: string | undefined;
  let more = false;
  for await (const { name } of await opendir(path, { encoding: 'latin1', bufferSize: 512 })) {
    if (name <= after) continue;
    if (last !== undefined && name > last) {
      more = true;
      continue;
    }
    names.push(name);
    if (names.length < room * 2) continue;
    names = firstOf(names, room);
    last = names.at(-1);
    more = true;
  }
  if (names.length > room) more = true;
  return { names: firstOf(names, room), more };
}

const firstOf = (names: string[], room: number): string[] => names.toSorted(byCodeUnit).slice(0, room);

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
