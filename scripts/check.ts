/** `npm run check`: types, lint with the import rules, format. Every failure is shown, then the exit code says it. */
import { spawnSync } from 'node:child_process';

const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the web parts', command: ['tsc', '-p', 'tsconfig.web.json'] },
  { name: 'lint and layers', command: ['oxlint', '--type-aware'] },
  { name: 'format', command: ['oxfmt', '--check', 'src', 'electron', 'test', 'scripts', 'bench', 'bin'] },
];

let failed = 0;
for (const { name, command } of CHECKS) {
  const [program = '', ...args] = command;
  const run = spawnSync(program, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  const good = run.status === 0;
  if (!good) failed += 1;
  process.stdout.write(
    `${good ? 'ok    ' : 'FAILED'} ${name}\n${good ? '' : `${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}\n`}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
