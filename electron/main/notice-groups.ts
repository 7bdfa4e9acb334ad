import type { Notification } from '../../src/contracts/ipc.ts';

const GATHER_MILLIS = 4000;

/**
 * People copy folders. The first notification of a kind is shown at once; those that follow within a few seconds are shown
 * together, else a thousand files would cover the screen and hide the one that matters.
 */
export class NoticeGroups {
  readonly #show: (notices: readonly Notification[]) => void;
  /** What has come since the last showing, by kind; a kind is absent while it is quiet. */
  readonly #gathered = new Map<Notification['action'], Notification[]>();

  constructor(show: (notices: readonly Notification[]) => void) {
    this.#show = show;
  }

  add(notice: Notification): void {
    const gathered = this.#gathered.get(notice.action);
    if (gathered !== undefined) return void gathered.push(notice);
    this.#show([notice]);
    this.#gather(notice.action);
  }

  #gather(action: Notification['action']): void {
    this.#gathered.set(action, []);
    setTimeout(() => {
      const gathered = this.#gathered.get(action) ?? [];
      this.#gathered.delete(action);
      if (gathered.length === 0) return;
      this.#show(gathered);
      this.#gather(action);
    }, GATHER_MILLIS);
  }
}
