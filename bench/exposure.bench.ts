import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity } from '../src/age/index.ts';
import { createWatchGuard } from '../src/agent/guard/watch-guard.ts';
import { openQuarantine } from '../src/agent/quarantine/quarantine.ts';
import { systemClock } from '../src/agent/system-clock.ts';
import type { FileDecision } from '../src/contracts/event.ts';
import type { InspectionLimits } from '../src/contracts/finding.ts';
import { NO_OWN_DATA } from '../src/core/policy/own-data.ts';
import type { FileArrival } from '../src/core/ports.ts';
import { createInspector } from '../src/inspect/index.ts';
import type { Bench, BenchRow } from './types.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const LINE = '2026-11-22 quarterly figures of the branch in Osaka, as agreed in the meeting; 合計は次のとおり。\n';
const TEXT = Buffer.from(LINE.repeat(Math.ceil(MIB / Buffer.byteLength(LINE)))).subarray(0, MIB);

/** The large one is what large files are: pictures and sound. Inspection may go on to its time limit there. */
const CASES: readonly { readonly title: string; readonly content: Buffer; readonly bytes: number; readonly times: number }[] = [
  { title: '1 KiB of text', content: TEXT, bytes: KIB, times: 40 },
  { title: '1 MiB of text', content: TEXT, bytes: MIB, times: 25 },
  { title: '100 MiB without text', content: randomBytes(MIB), bytes: 100 * MIB, times: 3 },
];
const LIMITS: InspectionLimits = {
  maxBytes: 1024 * MIB,
  maxMillis: 30_000,
  maxDepth: 5,
  maxEntries: 10_000,
  maxRatio: 200,
  maxExpandedBytes: 2048 * MIB,
  maxMemoryBytes: 512 * MIB,
};

/** From the close of a file to its plaintext being off the medium: settling, inspection, encryption, proof, overwriting. */
export const bench: Bench = {
  name: 'exposure',
  title: 'Exposure in watch mode: close of the file to plaintext gone',
  async run(report) {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-exposure-')));
    try {
      for (const sample of CASES) {
        const figures = await measure(mkdtempSync(join(base, 'case-')), sample);
        for (const row of rows(sample.title, figures)) report(row);
      }
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
};

interface Figure {
  readonly exposed: number;
  readonly settling: number;
  readonly inspecting: number;
  readonly enforcing: number;
}

async function measure(folder: string, { content, bytes, times }: (typeof CASES)[number]): Promise<Figure[]> {
  const root = mkdtempSync(join(folder, 'volume-'));
  const { recipient } = generateIdentity();
  const inspector = createInspector();
  const quarantine = await openQuarantine({ folder: join(folder, 'quarantine'), maxBytes: 0, keepMillis: 0, clock: systemClock });
  const guard = createWatchGuard({
    root,
    volumeId: 'bench:1',
    inspectPresent: true,
    stateFolder: join(folder, 'state'),
    quarantine,
    clock: systemClock,
    actorOf: () => ({ name: 'bench', basis: 'owner' }),
  });
  let onArrival: (arrival: FileArrival) => void = () => undefined;
  const started = await guard.start((arrival) => onArrival(arrival));
  if (!started.ok) throw new Error(started.error.message);
  const figures: Figure[] = [];
  for (let n = 0; n < times; n += 1) {
    const arrived = new Promise<FileArrival>((resolve) => (onArrival = resolve));
    const closed = await writeContent(join(root, `file-${n}`), content, bytes);
    const { fileId, path } = await arrived;
    const settled = performance.now();
    const source = guard.source(fileId);
    if (source !== null) await inspector.inspect({ ...source, name: path, limits: LIMITS, ownData: NO_OWN_DATA });
    const inspected = performance.now();
    const outcome = await guard.enforce(fileId, { action: 'encrypt', recipients: [recipient], decision: decisionOf(path, bytes) });
    if (!outcome.done || outcome.storedAs === undefined) throw new Error('not encrypted');
    const now = performance.now();
    figures.push({ exposed: now - closed, settling: settled - closed, inspecting: inspected - settled, enforcing: now - inspected });
  }
  await guard.stop();
  await inspector.close();
  return figures;
}

/** Gives when it was closed. */
async function writeContent(path: string, content: Buffer, bytes: number): Promise<number> {
  const file = await open(path, 'wx');
  for (let left = bytes; left > 0; left -= MIB) await file.write(content, 0, Math.min(left, MIB));
  await file.close();
  return performance.now();
}

function rows(title: string, figures: readonly Figure[]): BenchRow[] {
  const of = (pick: (figure: Figure) => number, share: number) => {
    const sorted = figures.map(pick).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  };
  const median = (pick: (figure: Figure) => number) => of(pick, 0.5).toFixed(0);
  const split = `settling ${median((f) => f.settling)}, inspection ${median((f) => f.inspecting)}, enforcement ${median((f) => f.enforcing)} ms`;
  return [
    { what: `${title}, p50 of ${figures.length}`, value: of((f) => f.exposed, 0.5), unit: 'ms', note: split },
    { what: `${title}, p99 of ${figures.length}`, value: of((f) => f.exposed, 0.99), unit: 'ms' },
  ];
}

function decisionOf(path: string, bytes: number): FileDecision {
  return {
    actor: { name: 'bench', basis: 'owner' },
    file: { path, bytes },
    volume: { id: 'bench:1', filesystem: 'folder', bus: 'virtual' },
    type: 'text',
    findings: [],
    persons: { from: 0, to: 0 },
    unreadable: [],
    verdict: { action: 'encrypt', severity: 'high' },
    policy: { name: 'bench', version: 1 },
    guard: 'watch',
    present: false,
  };
}
