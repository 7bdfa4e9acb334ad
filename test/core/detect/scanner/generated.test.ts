import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generatedModule } from '../../../../scripts/scanner/generated-module.ts';

test('the committed scanner is what its sources compile to', async () => {
  const file = resolve(import.meta.dirname, '../../../../src/core/detect/scanner/generated.ts');
  expect(await generatedModule()).toBe(readFileSync(file, 'utf8'));
});
