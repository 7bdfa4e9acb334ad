import type { FileFacts } from '../contracts/file.ts';
import type { Clock } from '../core/ports.ts';
import type { Happening } from './effects.ts';
import type { QuarantineItem } from './quarantine/item.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

const LOOK_MILLIS = 6 * 3_600_000;

/** What the quarantine itself makes happen: files held since an earlier run, and files whose time is over. */
export class QuarantineKeeper {
  readonly #quarantine: Quarantine;
  readonly #clock: Clock;
  readonly #report: (happening: Happening) => void;
  readonly #fatal: (error: unknown) => void;
  #cancel: () => void = () => undefined;

  constructor(ports: { quarantine: Quarantine; clock: Clock; report: (happening: Happening) => void; fatal: (error: unknown) => void }) {
    this.#quarantine = ports.quarantine;
    this.#clock = ports.clock;
    this.#report = ports.report;
    this.#fatal = ports.fatal;
  }

  async start(): Promise<void> {
    for (const item of await this.#quarantine.list()) {
      if (item.verdict.action !== 'justify') continue;
      this.#report({ kind: 'hold.found', holdId: item.id, actor: item.actor, volume: item.volume, file: factsOf(item) });
    }
    await this.#expire();
  }

  stop(): void {
    this.#cancel();
  }

  async #expire(): Promise<void> {
    for (const item of await this.#quarantine.expire(this.#clock.now())) {
      this.#report({ kind: 'quarantine.expired', quarantineId: item.id, file: factsOf(item) });
    }
    this.#cancel = this.#clock.after(LOOK_MILLIS, () => void this.#expire().catch(this.#fatal));
  }
}

/** A quarantined file as events name it. */
export function factsOf({ shownPath, bytes, sha256, modified }: QuarantineItem): FileFacts {
  return { path: shownPath, bytes, sha256, modified };
}
