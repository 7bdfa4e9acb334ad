import { readFileSync } from 'node:fs';

const PF_EXITING = 0x4;
const PF_SIGNALED = 0x400;
const SIGKILL_BIT = 0x100n;

/**
 * Whether the caller is being killed: then nobody reads the answer and it must not wait for one. The kernel turns every
 * signal that will end a process into a pending SIGKILL of all its threads; other signals only interrupt for a moment.
 */
export function isKilled(pid: number): boolean {
  if (pid === 0) return false;
  try {
    const flags = flagsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    if ((flags & PF_EXITING) !== 0) return (flags & PF_SIGNALED) !== 0;
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return (pendingOf(status, 'SigPnd') & SIGKILL_BIT) !== 0n || (pendingOf(status, 'ShdPnd') & SIGKILL_BIT) !== 0n;
  } catch {
    return true;
  }
}

/** Field 9 of proc_pid_stat(5); the name before it may hold spaces and parentheses. */
function flagsOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6] ?? 0);
}

function pendingOf(status: string, field: string): bigint {
  const [, mask = '0'] = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status) ?? [];
  return BigInt(`0x${mask}`);
}
