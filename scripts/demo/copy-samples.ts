import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Practice } from '../practice/practice.ts';
import { type Checks, eventually } from './checks.ts';
import { SAMPLES, type Sample } from './samples.ts';

export interface Copied extends Sample {
  readonly source: string;
  readonly target: string;
  readonly sha256: string;
}

const FIXTURES = resolve(import.meta.dirname, '../../test/fixtures/files');

/** Copies each sample to the stick as an employee would and watches what becomes of it there. */
export async function copySamples(practice: Practice, checks: Checks): Promise<Copied[]> {
  checks.heading('Copy: real files to the stick');
  const copied = SAMPLES.map((sample): Copied => {
    const source = join(FIXTURES, sample.fixture);
    const target = join(practice.stick.path, sample.name ?? basename(sample.fixture));
    copyFileSync(source, target);
    return { ...sample, source, target, sha256: sha256Of(source) };
  });
  for (const file of copied) await watch(file, checks);
  return copied;
}

async function watch(file: Copied, checks: Checks): Promise<void> {
  const name = basename(file.target);
  switch (file.expect) {
    case 'encrypt': {
      const done = await eventually(() => (existsSync(`${file.target}.age`) && !existsSync(file.target) ? true : null));
      const head = done === null ? '' : readFileSync(`${file.target}.age`).subarray(0, 21).toString('latin1');
      return checks.that(`${name} became an age file`, head === 'age-encryption.org/v1', file.why);
    }
    case 'block': {
      const gone = await eventually(() => (existsSync(file.target) ? null : true));
      return checks.that(`${name} was refused`, gone !== null && !existsSync(`${file.target}.age`), file.why);
    }
    case 'pass':
      // That nothing happened shows only once its event is there; read-back looks at that. Here: it is still itself.
      return checks.that(`${name} stays as it is`, existsSync(file.target) && sha256Of(file.target) === file.sha256, file.why);
  }
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
