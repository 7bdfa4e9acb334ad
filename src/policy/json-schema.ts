import { z } from 'zod';
import { policy } from '../contracts/policy.ts';
import { policyCases } from './cases.ts';

/** The published JSON Schemas (draft 2020-12) by file name, for editors; the contracts are the source. */
export function jsonSchemas(): Record<string, string> {
  return {
    'policy.schema.json': schemaText(policy, 'Sekisho policy', 'policy.schema.json'),
    'policy-cases.schema.json': schemaText(policyCases, 'Sekisho policy cases', 'policy-cases.schema.json'),
  };
}

function schemaText(contract: z.ZodType, title: string, file: string): string {
  const { $schema, ...rest } = z.toJSONSchema(contract, { io: 'input' });
  return `${JSON.stringify({ $schema, $id: `https://sekisho.example/schema/${file}`, title, ...rest }, null, 2)}\n`;
}
