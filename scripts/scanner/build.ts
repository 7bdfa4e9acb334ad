/** `node scripts/scanner/build.ts`: compiles the scanner and its tables into src/core/detect/scanner/generated.ts. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generatedModule } from './generated-module.ts';

const FILE = resolve(import.meta.dirname, '../../src/core/detect/scanner/generated.ts');

writeFileSync(FILE, await generatedModule());
