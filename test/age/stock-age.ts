import { spawnSync } from 'node:child_process';

/** The stock programs of the Debian package `age`, as an independent implementation. */
export const AGE_IS_INSTALLED = ['age', 'age-keygen'].every((program) => spawnSync(program, ['--version']).status === 0);

if (!AGE_IS_INSTALLED) console.log('skipped: tests against the stock age program (install the Debian package `age`)');
