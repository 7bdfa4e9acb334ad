import { closeSync, constants, openSync } from 'node:fs';

/**
 * A folder held open, so that what lies below it has a short path. Linux refuses paths of 4,096 bytes and more
 * (PATH_MAX), and a tree may be deeper than that; `/proc/self/fd/N/...` starts anew at the open folder. Worker threads
 * share the process's descriptors.
 */
export class Anchor {
  readonly path: Buffer;
  readonly #descriptor: number;
  #holders = 1;

  /** @throws system errors of opening the folder, which is not followed if it is a link. */
  constructor(folder: Buffer) {
    this.#descriptor = openSync(folder, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0));
    this.path = Buffer.from(`/proc/self/fd/${this.#descriptor}`);
  }

  hold(): void {
    this.#holders += 1;
  }

  /** The last one closes it. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) closeSync(this.#descriptor);
  }
}

/** PATH_MAX less the longest name and something over. */
const LONG_PATH = 3_700;

/** Whether names below a folder may need an anchor to be reached. */
export const needsAnchor = (folder: Buffer): boolean => process.platform === 'linux' && folder.length > LONG_PATH;
