import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../contracts/policy.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { inspectionLimits } from '../../core/policy/inspection-limits.ts';
import { ownDataOf } from '../../core/policy/own-data.ts';
import type { InspectionRequest } from '../../core/ports.ts';
import { productRoot } from '../../node/product-root.ts';
import { VERSION } from '../../node/version.ts';

/** What an inspection is asked, besides which file: everything in it changes what may be found. */
export type InspectionTerms = Omit<InspectionRequest, 'path' | 'name'>;

/** @param patience how many times the policy's time limit a file may take: limits mean a machine that is given to the work */
export function inspectionTerms(policy: Policy, patience = 1): InspectionTerms {
  const limits = inspectionLimits(policy);
  return { limits: { ...limits, maxMillis: limits.maxMillis * patience }, ownData: ownDataOf(policy) };
}

/**
 * A hash of the engine and of the terms: an inspection made under another one says nothing about this one. The time limit
 * is left out: an inspection that met it is not remembered, and one that did not is the same under any.
 */
export function inspectionContext(terms: InspectionTerms, engine: string = engineIdentity()): Buffer {
  const timeless = { ...terms, limits: { ...terms.limits, maxMillis: 0 } };
  return createHash('sha256')
    .update(`${engine}\n${canonicalJson(timeless)}`)
    .digest();
}

/** What the engine is made of. */
const ENGINE_FOLDERS = ['src/core/detect', 'src/extract', 'src/inspect'];

/** The product's version, and its engine's own text where that is there: rules change more often than versions do. */
export function engineIdentity(root: string = productRoot()): string {
  const hash = createHash('sha256').update(VERSION);
  for (const folder of ENGINE_FOLDERS) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).toSorted())
      hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
