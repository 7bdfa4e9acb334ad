import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** Where the chain stands, kept beside the database so that losing the database does not restart the chain. */
export interface ChainHeadRecord {
  readonly sequence: number;
  readonly hash: string;
  readonly acknowledged: number;
}

const SLOT_BYTES = 256;

/**
 * Two fixed slots written in turn, each with a checksum: a torn write spoils one of them and the other still speaks.
 * Written without fsync after each commit, so it outlives a killed process and may lag after a power cut;
 * docs/spec/spool.md section 5 says why that is enough.
 */
export class HeadFile {
  readonly #descriptor: number;
  #turn = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a+', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = openSync(path, 'r+');
  }

  read(): ChainHeadRecord | null {
    const [first, second] = [this.#readSlot(0), this.#readSlot(1)];
    const newest = (first?.sequence ?? -1) >= (second?.sequence ?? -1) ? 0 : 1;
    this.#turn = 1 - newest;
    return newest === 0 ? first : second;
  }

  write(head: ChainHeadRecord): void {
    const text = `${head.sequence} ${head.hash} ${head.acknowledged}`;
    const slot = Buffer.alloc(SLOT_BYTES, ' ');
    slot.write(`${text} ${checksum(text)}`, 'latin1');
    slot.write('\n', SLOT_BYTES - 1);
    writeSync(this.#descriptor, slot, 0, SLOT_BYTES, this.#turn * SLOT_BYTES);
    this.#turn = 1 - this.#turn;
  }

  close(): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #readSlot(index: number): ChainHeadRecord | null {
    const slot = Buffer.alloc(SLOT_BYTES);
    const read = readSync(this.#descriptor, slot, 0, SLOT_BYTES, index * SLOT_BYTES);
    const match = /^((\d{1,16}) ([0-9a-f]{64}) (\d{1,16})) ([0-9a-f]{16}) *\n$/.exec(slot.toString('latin1', 0, read));
    const [, text = '', sequence = '', hash = '', acknowledged = '', sum] = match ?? [];
    if (match === null || checksum(text) !== sum) return null;
    return { sequence: Number(sequence), hash, acknowledged: Number(acknowledged) };
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
