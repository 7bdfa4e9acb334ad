import { type SystemCalls, viewAt } from '../../platform/linux/fuse/index.ts';
import { type HeldFacts, removeHeldRecord, writeHeldRecord } from './held-view.ts';
import { Holder, processMark } from './holder.ts';

export interface KeptView {
  /** Of the fuse guard, in the state folder. */
  readonly folder: string;
  readonly facts: Omit<HeldFacts, 'agent' | 'holder' | 'device' | 'passthrough' | 'place' | 'home'>;
  readonly place: Uint8Array;
  readonly home: Uint8Array;
  readonly descriptors: { readonly device: number; readonly root: number; readonly names: number };
}

/** Sees to it that the view waits for the next agent when this one is killed: a holder, and the record that leads to it. */
export class ViewKeeper {
  readonly #view: KeptView;
  #holder: Holder | null = null;

  constructor(view: KeptView) {
    this.#view = view;
  }

  get isKeeping(): boolean {
    return this.#holder !== null;
  }

  /** @throws when there can be no holder; then a killed agent takes its view along. */
  begin(calls: SystemCalls, passthrough: boolean): void {
    const { folder, facts, place, home, descriptors } = this.#view;
    const agent = processMark(process.pid);
    const device = viewAt(place);
    if (agent === null || device === null) throw new Error('the view cannot be kept');
    // What this process was started with is not for the holder to keep open.
    calls.keepDescriptors();
    this.#holder = new Holder(descriptors);
    const paths = { place: Buffer.from(place).toString('base64'), home: Buffer.from(home).toString('base64') };
    writeHeldRecord(folder, { ...facts, ...paths, agent, holder: this.#holder.mark, device, passthrough });
  }

  /** Resolves when nobody but this process holds anything of the view. */
  async end(): Promise<void> {
    const holder = this.#holder;
    if (holder === null) return;
    this.#holder = null;
    removeHeldRecord(this.#view.folder, this.#view.facts.asked);
    await holder.end();
  }
}
