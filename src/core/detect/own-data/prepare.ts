import type { OwnData } from '../../../contracts/effect.ts';
import type { OwnDataIndex } from '../../../contracts/policy.ts';
import { err, ok, type Result } from '../../../contracts/result.ts';
import type { Companion } from '../companion.ts';
import { Dictionary } from './dictionary.ts';
import { EdmIndex } from './exact-data/edm-index.ts';
import { ExactData } from './exact-data/exact-data.ts';
import { Fingerprints } from './fingerprint/fingerprints.ts';
import { parseFingerprints } from './fingerprint/index-format.ts';
import { Patterns } from './patterns.ts';

interface Engine {
  companion(): Companion;
}

/** What a policy calls its own, ready to look for it in any number of files. */
export interface PreparedOwnData {
  /** New ones for each file. */
  companions(): Companion[];
  /** Ids of indexes that are not here or cannot be read: what they know is not looked for. */
  readonly missing: readonly string[];
}

/** `files`: the bytes of each index by its SHA-256, as the policy names it; whoever read them has checked it. */
export function prepareOwnData({ keywords, patterns, indexes }: OwnData, files: ReadonlyMap<string, Uint8Array>): PreparedOwnData {
  const engines: Engine[] = [];
  const missing: string[] = [];
  if (keywords.length > 0) engines.push(new Dictionary(keywords));
  if (patterns.length > 0) engines.push(new Patterns(patterns));
  for (const index of indexes) {
    const bytes = files.get(index.sha256);
    const opened = bytes === undefined ? err('it is not here') : openIndex(index, bytes);
    if (opened.ok) engines.push(opened.value);
    else missing.push(index.id);
  }
  return { companions: () => engines.map((engine) => engine.companion()), missing };
}

/** Opens the bytes of an index as the policy describes it; the error says what is wrong with them. */
export function openIndex(index: OwnDataIndex, bytes: Uint8Array): Result<Engine, string> {
  if (index.kind === 'fingerprint') {
    const parts = parseFingerprints(bytes);
    if (!parts.ok) return parts;
    return ok(new Fingerprints(parts.value, { id: index.id, share: index.share, sharedLength: index['shared-length'] }));
  }
  const opened = EdmIndex.open(bytes, index.key);
  if (!opened.ok) return opened;
  const others = opened.value.others.length;
  if (index.columns > others) return err(`it has ${others} columns beside the primary one, not ${index.columns}`);
  return ok(new ExactData(opened.value, { id: index.id, columns: index.columns, near: index.near }));
}
