import { PAGES } from '../../src/core/detect/scanner/kernel/layout.ts';
import { CHOICES_FILE, CONTEXT_CHOICES_FILE, readChoices } from './choices.ts';
import { compileScanner } from './compile.ts';
import { buildContextTables } from './context-tables.ts';
import { buildTables } from './tables.ts';

/** The text of src/core/detect/scanner/generated.ts. The same sources give the same text. */
export async function generatedModule(): Promise<string> {
  const { nibbles, wideNibbles, classes, signs, ibanLengths, literals } = buildTables(readChoices(CHOICES_FILE));
  const context = buildContextTables(readChoices(CONTEXT_CHOICES_FILE));
  const wasm = await compileScanner(PAGES);
  return [
    '/** Made by `node scripts/scanner/build.ts` from assembly/, kernel/ and words.ts; a test builds it again and compares. */',
    constant('NIBBLES_BASE64', nibbles),
    constant('WIDE_NIBBLES_BASE64', wideNibbles),
    constant('CLASSES_BASE64', classes),
    constant('SIGNS_BASE64', signs),
    constant('IBAN_LENGTHS_BASE64', ibanLengths),
    constant('LITERALS_BASE64', literals),
    constant('CONTEXT_NIBBLES_BASE64', context.nibbles),
    constant('CONTEXT_LITERALS_BASE64', context.literals),
    constant('WASM_BASE64', wasm),
    '',
  ].join('\n');
}

/** On one line where it fits, as the formatter has it. */
function constant(name: string, bytes: Uint8Array): string {
  const text = `'${Buffer.from(bytes).toString('base64')}';`;
  const line = `export const ${name} = ${text}`;
  return line.length <= 140 ? line : `export const ${name} =\n  ${text}`;
}
