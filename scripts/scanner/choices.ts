import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/** For each literal the place of its fingerprint and the bucket of nibble tables. Only speed depends on it. */
const choices = z.record(z.string(), z.strictObject({ place: z.int(), bucket: z.int() }));
export type Choices = z.infer<typeof choices>;

export const CHOICES_FILE = resolve(import.meta.dirname, 'choices.json');
export const CONTEXT_CHOICES_FILE = resolve(import.meta.dirname, 'context-choices.json');

export function readChoices(file: string): Choices {
  return choices.parse(JSON.parse(readFileSync(file, 'utf8')));
}
