import { eventBody, type FileDecision } from '../../contracts/event.ts';
import { action } from '../../contracts/verdict.ts';
import type { Intent } from '../../core/ports.ts';

/** The contract has no schema of a bare decision; `file.recorded` is exactly one. */
function parseDecision(data: unknown): FileDecision {
  const body = eventBody.parse({ type: 'file.recorded', severity: 'info', data });
  if (body.type !== 'file.recorded') throw new TypeError('not a decision');
  return body.data;
}

/** @throws ZodError when the row is not an intent: the spool is this program's own, so that is a bug. */
export function parseIntent(row: Readonly<Record<string, unknown>>): Intent {
  return {
    fileId: String(row['file_id']),
    action: action.parse(row['action']),
    decision: parseDecision(JSON.parse(String(row['decision']))),
  };
}
