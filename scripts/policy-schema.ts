/** Writes the JSON Schemas that editors use for policies and their cases: `node scripts/policy-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonSchemas } from '../src/policy/json-schema.ts';

for (const [name, text] of Object.entries(jsonSchemas())) {
  writeFileSync(fileURLToPath(new URL(`../policies/schema/${name}`, import.meta.url)), text);
}
