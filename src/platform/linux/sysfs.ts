import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_TEXT = 256;

/** A sysfs attribute without its final newline, or undefined when there is none. Hostile where a device wrote it. */
export function readAttribute(folder: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(folder, name), 'utf8').replace(/\n$/, '').trim().slice(0, MAX_TEXT).toWellFormed();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

export function readBytes(folder: string, name: string): Uint8Array | undefined {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return undefined;
  }
}

/** An object with the entries that have a value: for optional keys under exactOptionalPropertyTypes. */
export function present<K extends string>(entries: Record<K, string | undefined>): { [P in K]?: string } {
  const kept: { [P in K]?: string } = {};
  for (const key in entries) {
    const value = entries[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}
