/** A change that was made to part of a member before it was packed. `start` counts from the member's beginning. */
export interface RarFilter {
  readonly start: number;
  readonly length: number;
  readonly type: number;
  readonly channels: number;
}

const DELTA = 0;
const CALLS_AND_JUMPS = 2;
const ARM = 3;
const FILE_SIZE = 0x1000000;

/** Undoes a filter of rar 5 in place (libarchive, archive_read_support_format_rar5.c). */
export function undoRarFilter({ start, type, channels }: RarFilter, bytes: Uint8Array): void {
  if (type === DELTA) undoDelta(channels, bytes);
  else if (type === ARM) undoArm(start, bytes);
  else undoCalls(start, bytes, type === CALLS_AND_JUMPS);
}

function undoDelta(channels: number, bytes: Uint8Array): void {
  const packed = Uint8Array.from(bytes);
  let from = 0;
  for (let channel = 0; channel < channels; channel++) {
    let value = 0;
    for (let at = channel; at < bytes.length; at += channels) bytes[at] = value = (value - (packed[from++] ?? 0)) & 0xff;
  }
}

function undoCalls(start: number, bytes: Uint8Array, jumps: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length - 4;) {
    const code = bytes[at++];
    if (code !== 0xe8 && !(jumps && code === 0xe9)) continue;
    const address = view.getUint32(at, true);
    const offset = (at + start) % FILE_SIZE;
    if (address >= 0x80000000) {
      if ((address + offset) % 2 ** 32 < 0x80000000) view.setUint32(at, (address + FILE_SIZE) >>> 0, true);
    } else if (address < FILE_SIZE) view.setUint32(at, (address - offset) >>> 0, true);
    at += 4;
  }
}

function undoArm(start: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length - 3; at += 4) {
    if (bytes[at + 3] !== 0xeb) continue;
    const address = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0) * 65_536 - Math.floor((at + start) / 4);
    bytes[at] = address & 0xff;
    bytes[at + 1] = (address >> 8) & 0xff;
    bytes[at + 2] = (address >> 16) & 0xff;
  }
}
