import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { COLUMN_KINDS, type BuilderColumn, type BuiltEdm, keyFromHex } from '../../core/detect/own-data/index.ts';
import { displayName } from '../../core/display-name.ts';
import { buildExactData } from '../../inspect/index.ts';
import { fromErrno } from '../../node/errno.ts';
import { callerPath, fail, print, printError, printJson } from '../context.ts';
import { indexEntry, writeIndex, type WrittenIndex } from '../index-output.ts';
import { writeNewFile } from '../new-file.ts';

interface Options {
  readonly table: string;
  readonly columns: string;
  readonly primary: string;
  readonly key: string;
  readonly output: string;
  readonly id?: string;
  readonly json?: boolean;
}

/** `sekisho edm`: indexes of exact data. */
export function registerEdm(program: Command): void {
  const edm = program.command('edm').description('Make indexes of exact data: customer lists that policies recognise.');
  edm
    .command('build')
    .description('Make an index of keyed hashes from a table. The values themselves are not in it.')
    .requiredOption('--table <file>', 'csv, tsv, xlsx, ods ... with headings among its first 20 rows')
    .requiredOption('--columns <names>', `headings, with commas between; a kind may follow: 電話:number (${COLUMN_KINDS.join(', ')})`)
    .requiredOption('--primary <name>', 'the one of them that tells rows apart, such as a customer number')
    .requiredOption('--key <file>', 'file with the key, 32 hex digits; made when it is not there')
    .requiredOption('-o, --output <file>', 'the index')
    .addOption(new Option('--id <id>', 'id for the policy').default('customers'))
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sekisho edm build --table customers.csv --columns 会員番号,氏名,電話 --primary 会員番号 --key edm.key -o customers.edm',
    )
    .action(async (options: Options) => {
      const json = options.json === true;
      const built = await build(options);
      if (!built.ok) process.exitCode = fail(built.error, json);
      else if (json) printJson(jsonOf(built.value));
      else printBuilt(built.value, options);
    });
}

interface Outcome {
  readonly built: BuiltEdm;
  readonly written: WrittenIndex;
  readonly key: string;
}

async function build(options: Options): Promise<Result<Outcome, Failure>> {
  const columns = columnsOf(options);
  if (!columns.ok) return columns;
  const key = await readKey(options.key);
  if (!key.ok) return key;
  const bytes = keyFromHex(key.value);
  if (bytes === null) return err(failure('DLP_KEY_FILE', `${displayName(options.key)} holds no key of 32 hex digits.`));
  try {
    const progress = process.stderr.isTTY ? (rows: number) => printError(`${rows} rows`) : undefined;
    const table = { path: callerPath(options.table), columns: columns.value, key: bytes };
    const built = await buildExactData(progress === undefined ? table : { ...table, progress });
    if (!built.ok) return err(failure('DLP_OWN_DATA_SOURCE', `${displayName(options.table)}: ${built.error}`));
    if (built.value.header.rows === 0)
      return err(failure('DLP_OWN_DATA_SOURCE', `No row has a value under ${options.primary} that could be looked for.`));
    const written = await writeIndex(callerPath(options.output), built.value.parts);
    return written.ok ? ok({ built: built.value, written: written.value, key: key.value }) : written;
  } catch (error) {
    const { code, message } = fromErrno(error);
    return err(failure(code, `${displayName(options.table)}: ${message}`));
  }
}

/** The primary column first. */
function columnsOf({ columns, primary }: Options): Result<BuilderColumn[], Failure> {
  const named: BuilderColumn[] = [];
  for (const entry of columns
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const [, name = entry, kindName] = /^(.*):([a-z]+)$/.exec(entry) ?? [];
    const kind = COLUMN_KINDS.find((one) => one === kindName);
    if (kindName !== undefined && kind === undefined) {
      return err(failure('DLP_CLI_USAGE', `${displayName(entry)}: a kind is one of ${COLUMN_KINDS.join(', ')}.`));
    }
    named.push(kind === undefined ? { name } : { name, kind });
  }
  const first = named.find(({ name }) => name === primary);
  if (first === undefined) return err(failure('DLP_CLI_USAGE', `--primary ${displayName(primary)} is not among --columns.`));
  if (named.length > 16) return err(failure('DLP_CLI_USAGE', 'An index has at most 16 columns.'));
  return ok([first, ...named.filter((column) => column !== first)]);
}

async function readKey(file: string): Promise<Result<string, Failure>> {
  const path = callerPath(file);
  try {
    return ok((await readFile(path, 'utf8')).trim());
  } catch (error) {
    const expected = fromErrno(error);
    if (expected.code !== 'DLP_FILE_NOT_FOUND') return err({ ...expected, message: `${displayName(file)}: ${expected.message}` });
  }
  const key = randomBytes(16).toString('hex');
  const written = await writeNewFile(path, `${key}\n`);
  return written.ok ? ok(key) : written;
}

function jsonOf({ built: { header, skipped, tooAlike }, written, key }: Outcome): object {
  const columns = header.columns.map(({ name, kind }) => ({ name, kind }));
  return { ...written, rows: header.rows, skipped, tooAlike, columns, key };
}

function printBuilt({ built: { header, skipped, tooAlike }, written, key }: Outcome, { id = 'customers' }: Options): void {
  print(`${header.rows} rows, ${written.bytes} bytes, ${(written.bytes / header.rows).toFixed(1)} bytes a row`);
  print(`columns: ${header.columns.map(({ name, kind }) => `${displayName(name)} (${kind})`).join(', ')}`);
  if (skipped > 0) print(`${skipped} rows left out: no usable value in the primary column`);
  if (tooAlike > 0) print(`${tooAlike} rows left out: more than 1000 rows share their primary value`);
  if (header.columns[0]?.kind === 'text')
    print('The primary column holds words: looking for them is slow. A number or an e-mail address is better.');
  const columns = Math.min(1, header.columns.length - 1);
  print(`\nFor the policy, with the index in its folder:\n\n${indexEntry({ id, kind: 'exact-data', ...written, more: { key, columns } })}`);
}
