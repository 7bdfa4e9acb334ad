import { closeSync, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { err, ok, type Result } from '../contracts/result.ts';
import { type BuiltFingerprints, FingerprintBuilder } from '../core/detect/own-data/index.ts';
import { Collector, type Companion } from '../core/detect/index.ts';
import { extractFile, fileSource } from '../extract/index.ts';
import { NO_LIMITS } from './build-exact-data.ts';

/** `buildFingerprints` of the door. */
export async function buildFingerprints(paths: readonly string[], ignored: readonly string[]): Promise<Result<BuiltFingerprints, string>> {
  const builder = new FingerprintBuilder();
  // What detection gives its companions is what a file is compared by later.
  const recorder: Companion = {
    addText: (text) => builder.addText(text),
    addRow: (cells) => builder.addText(`${cells.join('\t')}\n`),
    endRegion() {},
    finish: () => ({ findings: [] }),
  };
  for (const [path, isIgnored] of [...paths.map((one) => [one, false] as const), ...ignored.map((one) => [one, true] as const)]) {
    if (isIgnored) builder.ignored();
    else builder.document(basename(path));
    const descriptor = openSync(path, 'r');
    try {
      const collector = new Collector({ companions: [recorder] });
      const source = fileSource(descriptor, fstatSync(descriptor).size);
      const { unreadable } = await extractFile(source, {
        limits: NO_LIMITS,
        now: () => performance.now(),
        emit: (segment) => collector.add(segment),
      });
      collector.finish();
      const [problem] = unreadable;
      if (problem !== undefined) return err(`${basename(path)} could not be read to its end (${problem.reason}).`);
    } finally {
      closeSync(descriptor);
    }
  }
  const built = builder.finish();
  return built.header.prints === 0 ? err('The documents hold no passage long enough to be known again.') : ok(built);
}
