import type { Failure } from '../contracts/errors.ts';
import type { Result } from '../contracts/result.ts';
import type { Volume } from '../contracts/volume.ts';
import type { Clock, VolumeChange, VolumeSource } from '../core/ports.ts';

/** A stick that does not answer is reported without its record: it must not go unguarded for that long. */
const READ_MILLIS = 3000;

export type ReadRecord = (volume: Volume) => Promise<NonNullable<Volume['medium']> | null>;

/** Adds to each volume what the organisation's record on it says. The order of a volume's changes is kept. */
export class EnrolledVolumes implements VolumeSource {
  readonly #inner: VolumeSource;
  readonly #read: ReadRecord;
  readonly #clock: Clock;
  /** Of what is mounted: a record does not change under a mounted medium, and reading it again waits for the medium's guard. */
  readonly #records = new Map<string, { readonly mountPoint: string; readonly medium: NonNullable<Volume['medium']> }>();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(inner: VolumeSource, read: ReadRecord, clock: Clock) {
    this.#inner = inner;
    this.#read = read;
    this.#clock = clock;
  }

  async start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    const started = await this.#inner.start((change) => {
      const id = change.kind === 'mounted' ? change.volume.id : change.volumeId;
      const done = (this.#pending.get(id) ?? Promise.resolve()).then(async () => report(await this.#completed(change)));
      this.#pending.set(id, done);
      void done.finally(() => {
        if (this.#pending.get(id) === done) this.#pending.delete(id);
      });
    });
    await this.#settled();
    return started;
  }

  async rescan(): Promise<void> {
    await this.#inner.rescan();
    await this.#settled();
  }

  async stop(): Promise<void> {
    await this.#inner.stop();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#pending.values());
  }

  async #completed(change: VolumeChange): Promise<VolumeChange> {
    if (change.kind === 'unmounted') {
      this.#records.delete(change.volumeId);
      return change;
    }
    const { volume } = change;
    const known = this.#records.get(volume.id);
    if (known?.mountPoint === volume.mountPoint) return { kind: 'mounted', volume: { ...volume, medium: known.medium } };
    const late = Promise.withResolvers<null>();
    const cancel = this.#clock.after(READ_MILLIS, () => late.resolve(null));
    const medium = await Promise.race([this.#read(volume).catch(() => null), late.promise]);
    cancel();
    if (medium === null) return change;
    this.#records.set(volume.id, { mountPoint: volume.mountPoint, medium });
    return { kind: 'mounted', volume: { ...volume, medium } };
  }
}
