import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseIdentityFile } from '../age/index.ts';
import type { Failure } from '../contracts/errors.ts';
import { ok, type Result } from '../contracts/result.ts';
import type { Clock } from '../core/ports.ts';
import { lockState, type StateLock } from '../node/state-lock.ts';
import { openPolicyStore, type PolicyStore } from '../policy/index.ts';
import { type Enrolment, loadEnrolment } from './enrolment/index.ts';
import { openQuarantine, type Quarantine } from './quarantine/quarantine.ts';
import { openSpool } from './spool/open-spool.ts';
import type { OpenSpool } from './spool/sqlite-spool.ts';

/** Bounds that hold until a policy says otherwise. */
const SPOOL_BYTES = 256 * 1024 * 1024;
const QUARANTINE_BYTES = 4 * 1024 * 1024 * 1024;
const QUARANTINE_KEEP_MILLIS = 90 * 86_400_000;

/** What an agent keeps between its runs, opened. All of it lies in one folder, for the agent's account alone. */
export interface AgentStores {
  readonly lock: StateLock;
  readonly enrolment: Enrolment;
  readonly spool: OpenSpool;
  readonly quarantine: Quarantine;
  readonly policies: PolicyStore;
  /** age identities that open what the organisation's PCs encrypt. */
  readonly identities: readonly string[];
  /** For the guards' journal. */
  readonly guardFolder: string;
}

/** DLP_ENROLL_MISSING, DLP_KEY_FILE. @throws when the folder cannot be written: there is nothing to go on with. */
export async function openAgentStores(folder: string, clock: Clock): Promise<Result<AgentStores, Failure>> {
  const enrolment = loadEnrolment(folder);
  if (!enrolment.ok) return enrolment;
  const lock = lockState(folder);
  if (!lock.ok) return lock;
  const { agent, host, policyKey, groupIdentity } = enrolment.value;
  const identities = parseIdentityFile(groupIdentity);
  if (!identities.ok) return identities;
  const guardFolder = join(folder, 'guard');
  mkdirSync(guardFolder, { recursive: true, mode: 0o700 });
  return ok({
    lock: lock.value,
    enrolment: enrolment.value,
    spool: openSpool({ path: join(folder, 'spool.db'), agent, host, maxBytes: SPOOL_BYTES }),
    quarantine: await openStandardQuarantine(folder, clock),
    policies: openPolicyStore({ folder: join(folder, 'policy'), publicKeyPem: policyKey }),
    identities: identities.value,
    guardFolder,
  });
}

export function openStandardQuarantine(folder: string, clock: Clock): Promise<Quarantine> {
  return openQuarantine({
    folder: join(folder, 'quarantine'),
    maxBytes: QUARANTINE_BYTES,
    keepMillis: QUARANTINE_KEEP_MILLIS,
    clock,
  });
}
