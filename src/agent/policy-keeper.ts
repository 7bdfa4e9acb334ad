import type { Failure } from '../contracts/errors.ts';
import type { Policy } from '../contracts/policy.ts';
import { durationMillis, sizeBytes } from '../core/units.ts';
import type { PolicyStore, VerifiedRelease } from '../policy/index.ts';
import type { Happening } from './effects.ts';
import type { IndexKeeper } from './index-keeper.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { OpenSpool } from './spool/sqlite-spool.ts';

export interface PolicyKeeperPorts {
  readonly store: PolicyStore;
  readonly spool: Pick<OpenSpool, 'setMaxBytes'>;
  readonly quarantine: Pick<Quarantine, 'setLimits'>;
  readonly indexes: Pick<IndexKeeper, 'bring'>;
  readonly now: () => Date;
  /** Practice: how the policy is bent before it comes into force. */
  readonly adapt?: (policy: Policy) => Policy;
  readonly report: (happening: Happening) => void;
}

/** Brings verified releases into force: into core, and into the bounds of spool and quarantine. */
export class PolicyKeeper {
  readonly #ports: PolicyKeeperPorts;

  constructor(ports: PolicyKeeperPorts) {
    this.#ports = ports;
  }

  /** The last good release of an earlier run, if there is one; damage found beside it is told. */
  restore(): void {
    for (const damage of this.#ports.store.damage) this.#refuse(damage);
    const current = this.#ports.store.current(this.#ports.now());
    if (current === undefined) return;
    void this.#ports.indexes.bring(current.policy['own-data']);
    this.#apply(current);
    if (current.expired) {
      const reason = `Release ${current.reference.version} is past its time. It stays in force until a newer one comes.`;
      this.#ports.report({ kind: 'policy.refused', code: 'DLP_POLICY_EXPIRED', reason });
    }
  }

  /** What the collector handed out. True when it is in force now or was already. */
  async offer(envelopeText: string): Promise<boolean> {
    const offered = await this.#ports.store.offer(envelopeText, this.#ports.now());
    if (!offered.ok) {
      this.#refuse(offered.error);
      return false;
    }
    if (offered.value !== 'unchanged') {
      // First, since files that wait for an index are unreadable under the new policy; but not for ever, for it may be stricter.
      await this.#ports.indexes.bring(offered.value.policy['own-data']);
      this.#apply(offered.value);
    }
    return true;
  }

  #apply({ policy, reference, release }: VerifiedRelease): void {
    this.#ports.spool.setMaxBytes(sizeBytes(policy.spool['max-size']));
    this.#ports.quarantine.setLimits({
      maxBytes: sizeBytes(policy.quarantine['max-size']),
      keepMillis: durationMillis(policy.quarantine.keep),
    });
    const { adapt = (same: Policy) => same, report } = this.#ports;
    report({ kind: 'policy.applied', policy: adapt(policy), reference, recipients: release.recipients });
  }

  #refuse({ code, message }: Failure): void {
    this.#ports.report({ kind: 'policy.refused', code, reason: message.slice(0, 1024) });
  }
}
