import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setUp } from '../scripts/practice/practice.ts';
import type { Bench } from './types.ts';

const SETTLE_MILLIS = 15_000;
const WATCH_MILLIS = 60_000;
/** USER_HZ: fixed at 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** The whole agent, enrolled, with an empty stick under guard and nothing to do. */
export const bench: Bench = {
  name: 'rest',
  title: 'The agent at rest (enrolled, one volume guarded)',
  async run(report) {
    if (process.platform !== 'linux') return report({ what: 'skipped: needs /proc', value: 0, unit: '' });
    const root = mkdtempSync(join(tmpdir(), 'sekisho-rest-'));
    const practice = await setUp({ root, policy: 'policies/practice.yaml', consolePort: 0, agentPort: 0, say: () => undefined });
    try {
      const { pid } = practice.agent;
      await sleep(SETTLE_MILLIS);
      const before = cpuTicks(pid);
      await sleep(WATCH_MILLIS);
      const seconds = (cpuTicks(pid) - before) / TICKS_A_SECOND;
      report({ what: 'resident memory', value: residentMiB(pid), unit: 'MiB', note: 'budget 90' });
      report({ what: 'processor time', value: (seconds * 3_600_000) / WATCH_MILLIS, unit: 's/hour' });
    } finally {
      await practice.stop();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** Fields 14 and 15 of /proc/PID/stat, proc(5); counted behind the name, which may hold spaces. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
