import { Option, type Command } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { BuiltFingerprints } from '../../core/detect/own-data/index.ts';
import { displayName } from '../../core/display-name.ts';
import { buildFingerprints } from '../../inspect/index.ts';
import { fromErrno } from '../../node/errno.ts';
import { callerPath, fail, print, printJson } from '../context.ts';
import { indexEntry, writeIndex, type WrittenIndex } from '../index-output.ts';

interface Options {
  readonly output: string;
  readonly ignore: readonly string[];
  readonly id?: string;
  readonly json?: boolean;
}

/** `sekisho fingerprint`: indexes of documents whose passages are recognised in other files. */
export function registerFingerprint(program: Command): void {
  const fingerprint = program.command('fingerprint').description('Make indexes of documents whose passages policies recognise.');
  fingerprint
    .command('build')
    .description('Make an index of the passages of documents. Their text is not in it, their names are.')
    .argument('<file...>', 'documents of any format that scan reads')
    .requiredOption('-o, --output <file>', 'the index')
    .option('--ignore <file>', 'a form whose text is no secret; may be given more than once', (value, all: string[]) => [...all, value], [])
    .addOption(new Option('--id <id>', 'id for the policy').default('documents'))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho fingerprint build plan.docx contract.pdf --ignore form.docx -o secret.fpr')
    .action(async (files: readonly string[], options: Options) => {
      const json = options.json === true;
      const built = await build(files, options);
      if (!built.ok) {
        process.exitCode = fail(built.error, json);
        return;
      }
      const { header, written } = built.value;
      const { documents, passages, prints } = header;
      if (json) {
        printJson({ ...written, documents, passages, prints });
        return;
      }
      print(`documents: ${documents.length}, passages: ${passages}, fingerprints: ${prints}, bytes: ${written.bytes}`);
      print(
        `\nFor the policy, with the index in its folder:\n\n${indexEntry({ id: options.id ?? 'documents', kind: 'fingerprint', ...written, more: { share: 0.5 } })}`,
      );
    });
}

async function build(
  files: readonly string[],
  { output, ignore }: Options,
): Promise<Result<{ header: BuiltFingerprints['header']; written: WrittenIndex }, Failure>> {
  try {
    const built = await buildFingerprints(files.map(callerPath), ignore.map(callerPath));
    if (!built.ok) return err(failure('DLP_OWN_DATA_SOURCE', built.error));
    const written = await writeIndex(callerPath(output), built.value.parts);
    return written.ok ? ok({ header: built.value.header, written: written.value }) : written;
  } catch (error) {
    const expected = fromErrno(error);
    const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
    return err(path === undefined ? expected : { ...expected, message: `${displayName(path)}: ${expected.message}` });
  }
}
