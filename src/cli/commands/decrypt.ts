import type { Command } from 'commander';
import { decryptFileWithoutDigest } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';
import { convertFile } from '../convert-file.ts';
import { readIdentityFile } from '../identity-file.ts';
import { startProgress } from '../progress-bar.ts';

interface Options {
  readonly identity: readonly string[];
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const SUFFIX = '.age';

/** `sekisho decrypt`: FILE.age back to FILE. */
export function registerDecrypt(program: Command): void {
  program
    .command('decrypt')
    .description('Decrypt an age v1 file.')
    .argument('<file>', 'file to decrypt; it stays as it is')
    .requiredOption('--identity <keyfile>', 'file with the secret identity; can be given several times', collect)
    .option('-o, --output <file>', 'where to write (default: FILE without .age)')
    .option('--force', 'replace the output if it is there')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho decrypt --identity recovery.key list.xlsx.age')
    .action(async (file: string, options: Options) => {
      process.exitCode = await decrypt(file, options);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function decrypt(file: string, options: Options): Promise<number> {
  const json = options.json === true;
  const input = callerPath(file);
  const output = chooseOutput(input, options.output);
  if (!output.ok) return fail(output.error, json);
  const identities: string[] = [];
  for (const path of options.identity) {
    const read = await readIdentityFile(callerPath(path));
    if (!read.ok) return fail(read.error, json);
    identities.push(...read.value);
  }
  const result = await convertFile({
    input,
    output: output.value,
    force: options.force === true,
    mode: 0o600,
    convert: async (source, target, bytes) => {
      const progress = startProgress('decrypting', bytes);
      try {
        return await decryptFileWithoutDigest(source, target, identities, progress.update);
      } finally {
        progress.stop();
      }
    },
  });
  if (!result.ok) return fail(result.error, json);
  if (json) printJson({ path: output.value, bytes: result.value.bytes });
  else print(`${displayName(output.value)}: ${result.value.bytes.toLocaleString('en')} bytes decrypted.`);
  return EXIT.ok;
}

function chooseOutput(input: string, given: string | undefined): Result<string, Failure> {
  if (given !== undefined) return ok(callerPath(given));
  if (input.endsWith(SUFFIX)) return ok(input.slice(0, -SUFFIX.length));
  return err(failure('DLP_CLI_USAGE', `${displayName(input)}: its name does not end in ${SUFFIX}. Say with -o where to write.`));
}
