import type { Command } from 'commander';
import { encryptFileWithoutReceipt, isRecipient } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';
import { convertFile } from '../convert-file.ts';
import { startProgress } from '../progress-bar.ts';

interface Options {
  readonly recipient: readonly string[];
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `sekisho encrypt`: FILE to FILE.age, which any age program opens. */
export function registerEncrypt(program: Command): void {
  program
    .command('encrypt')
    .description('Encrypt a file into the age v1 format.')
    .argument('<file>', 'file to encrypt; it stays as it is')
    .requiredOption('--recipient <recipient>', 'who may open it (age1…); can be given several times', collect)
    .option('-o, --output <file>', 'where to write (default: FILE.age)')
    .option('--force', 'replace the output if it is there')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho encrypt --recipient age1qy... --recipient age1ex... list.xlsx')
    .action(async (file: string, options: Options) => {
      process.exitCode = await encrypt(file, options);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function encrypt(file: string, options: Options): Promise<number> {
  const json = options.json === true;
  const recipients = checkRecipients(options.recipient);
  if (!recipients.ok) return fail(recipients.error, json);
  const input = callerPath(file);
  const output = options.output === undefined ? `${input}.age` : callerPath(options.output);
  const result = await convertFile({
    input,
    output,
    force: options.force === true,
    convert: async (source, target, bytes) => {
      const progress = startProgress('encrypting', bytes);
      try {
        return await encryptFileWithoutReceipt(source, target, recipients.value, progress.update);
      } finally {
        progress.stop();
      }
    },
  });
  if (!result.ok) return fail(result.error, json);
  if (json) printJson({ path: output, bytes: result.value.bytes, recipients: recipients.value.length });
  else
    print(
      `${displayName(output)}: ${result.value.bytes.toLocaleString('en')} bytes encrypted for ${recipients.value.length} recipient(s).`,
    );
  return EXIT.ok;
}

/** By number, never by text: a secret identity is easily pasted here by mistake. */
function checkRecipients(recipients: readonly string[]): Result<readonly string[], Failure> {
  const wrong = recipients.findIndex((recipient) => !isRecipient(recipient));
  if (wrong === -1) return ok(recipients);
  return err(
    failure(
      'DLP_AGE_RECIPIENT',
      `Recipient ${wrong + 1} is not an X25519 age recipient (age1… in small letters, with a correct checksum).`,
    ),
  );
}
