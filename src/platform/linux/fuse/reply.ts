import { ATTR_BYTES, ENTRY_BYTES, FUSE_MAJOR, FUSE_MINOR, MAX_TRANSFER_BYTES, OUT_HEADER_BYTES } from './protocol.ts';

/** What the kernel is told of a file or folder. Times in nanoseconds since the epoch. */
export interface Attributes {
  readonly inode: number;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
  /** Type and permissions. */
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: number;
}

export interface Entry {
  readonly node: number;
  /** How long, in whole seconds, the kernel need not ask again for the name and for the attributes. */
  readonly nameSeconds: number;
  readonly attributeSeconds: number;
  readonly attributes: Attributes;
}

export interface Opened {
  readonly handle: number;
  /** OPEN_FLAG. */
  readonly flags: number;
  /** With OPEN_FLAG.passthrough: what BACKING_OPEN gave. */
  readonly backing: number;
}

export interface FilesystemFacts {
  readonly blocks: bigint;
  readonly free: bigint;
  readonly available: bigint;
  readonly files: bigint;
  readonly filesFree: bigint;
  readonly blockBytes: number;
}

const NANOSECONDS = 1_000_000_000n;
const BLOCK_BYTES = 4096;
const NAME_BYTES = 255;
const DIRENT_BYTES = 24;

/** A whole reply. `errno` is positive, 0 for success. */
export function encodeReply(unique: bigint, errno: number, body?: Uint8Array): Buffer {
  const reply = Buffer.allocUnsafe(OUT_HEADER_BYTES + (body?.length ?? 0));
  writeReplyHeader(reply, unique, errno, body?.length ?? 0);
  if (body !== undefined) reply.set(body, OUT_HEADER_BYTES);
  return reply;
}

/** A message of NOTICE. It answers nothing, and where a reply has its errno it has its kind, above zero. */
export function encodeNotice(notice: number): Buffer {
  const message = Buffer.alloc(OUT_HEADER_BYTES);
  message.writeUInt32LE(OUT_HEADER_BYTES, 0);
  message.writeInt32LE(notice, 4);
  return message;
}

/** For replies whose body lies behind the header already. */
export function writeReplyHeader(reply: Buffer, unique: bigint, errno: number, bodyBytes: number): void {
  reply.writeUInt32LE(OUT_HEADER_BYTES + bodyBytes, 0);
  reply.writeInt32LE(-errno, 4);
  reply.writeBigUInt64LE(unique, 8);
}

export function encodeAttributes(seconds: number, attributes: Attributes): Buffer {
  const body = Buffer.alloc(16 + ATTR_BYTES);
  body.writeUInt32LE(seconds, 0);
  writeAttributes(body, 16, attributes);
  return body;
}

export function encodeEntry(entry: Entry): Buffer {
  const body = Buffer.alloc(ENTRY_BYTES);
  writeEntry(body, 0, entry);
  return body;
}

export function encodeOpened(opened: Opened): Buffer {
  const body = Buffer.alloc(16);
  writeOpened(body, 0, opened);
  return body;
}

export function encodeCreated(entry: Entry, opened: Opened): Buffer {
  const body = Buffer.alloc(ENTRY_BYTES + 16);
  writeEntry(body, 0, entry);
  writeOpened(body, ENTRY_BYTES, opened);
  return body;
}

export function encodeWritten(bytes: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32LE(bytes, 0);
  return body;
}

export function encodeStatfs(facts: FilesystemFacts): Buffer {
  const body = Buffer.alloc(80);
  for (const [index, value] of [facts.blocks, facts.free, facts.available, facts.files, facts.filesFree].entries()) {
    body.writeBigUInt64LE(BigInt.asUintN(64, value), index * 8);
  }
  body.writeUInt32LE(facts.blockBytes, 40);
  body.writeUInt32LE(NAME_BYTES, 44);
  body.writeUInt32LE(facts.blockBytes, 48);
  return body;
}

export interface Agreement {
  readonly minor: number;
  readonly readAhead: number;
  readonly flags: bigint;
  /** How deep filesystems may lie under a passthrough file; 0 without passthrough. */
  readonly stackDepth: number;
}

export function encodeInit({ minor, readAhead, flags, stackDepth }: Agreement): Buffer {
  const body = Buffer.alloc(64);
  body.writeUInt32LE(FUSE_MAJOR, 0);
  body.writeUInt32LE(Math.min(minor, FUSE_MINOR), 4);
  body.writeUInt32LE(readAhead, 8);
  body.writeUInt32LE(Number(flags & 0xffff_ffffn), 12);
  body.writeUInt16LE(64, 16);
  body.writeUInt16LE(48, 18);
  body.writeUInt32LE(MAX_TRANSFER_BYTES, 20);
  body.writeUInt32LE(1, 24);
  body.writeUInt16LE(MAX_TRANSFER_BYTES / BLOCK_BYTES, 28);
  body.writeUInt32LE(Number(flags >> 32n), 32);
  body.writeUInt32LE(stackDepth, 36);
  return body;
}

/** Directory entries in one reply of READDIR or READDIRPLUS. */
export class DirectoryPage {
  readonly #body: Buffer;
  #length = 0;

  constructor(bytes: number) {
    this.#body = Buffer.alloc(Math.min(bytes, MAX_TRANSFER_BYTES));
  }

  /** Whether an entry of this name has room. */
  fits(name: string, plus: boolean): boolean {
    return this.#length + entryBytes(name, plus) <= this.#body.length;
  }

  /** `next` is where to go on after this entry; `kind` the file type as in `mode`. With `entry`, the form of READDIRPLUS. */
  add(item: { name: string; inode: number; kind: number; next: number }, entry?: Entry | null): void {
    let at = this.#length;
    if (entry !== undefined) {
      if (entry !== null) writeEntry(this.#body, at, entry);
      at += ENTRY_BYTES;
    }
    this.#body.writeBigUInt64LE(BigInt(item.inode), at);
    this.#body.writeBigUInt64LE(BigInt(item.next), at + 8);
    this.#body.writeUInt32LE(item.name.length, at + 16);
    this.#body.writeUInt32LE((item.kind >> 12) & 0xf, at + 20);
    this.#body.write(item.name, at + DIRENT_BYTES, 'latin1');
    this.#length += entryBytes(item.name, entry !== undefined);
  }

  bytes(): Buffer {
    return this.#body.subarray(0, this.#length);
  }
}

function entryBytes(name: string, plus: boolean): number {
  return ((plus ? ENTRY_BYTES : 0) + DIRENT_BYTES + name.length + 7) & ~7;
}

function writeEntry(body: Buffer, at: number, { node, nameSeconds, attributeSeconds, attributes }: Entry): void {
  body.writeBigUInt64LE(BigInt(node), at);
  body.writeUInt32LE(nameSeconds, at + 16);
  body.writeUInt32LE(attributeSeconds, at + 24);
  writeAttributes(body, at + 40, attributes);
}

function writeOpened(body: Buffer, at: number, { handle, flags, backing }: Opened): void {
  body.writeBigUInt64LE(BigInt(handle), at);
  body.writeUInt32LE(flags, at + 8);
  body.writeInt32LE(backing, at + 12);
}

function writeAttributes(body: Buffer, at: number, attributes: Attributes): void {
  body.writeBigUInt64LE(BigInt(attributes.inode), at);
  body.writeBigUInt64LE(BigInt.asUintN(64, attributes.size), at + 8);
  body.writeBigUInt64LE(BigInt.asUintN(64, attributes.blocks), at + 16);
  for (const [index, time] of [attributes.accessed, attributes.modified, attributes.changed].entries()) {
    const nanoseconds = ((time % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
    body.writeBigUInt64LE(BigInt.asUintN(64, (time - nanoseconds) / NANOSECONDS), at + 24 + index * 8);
    body.writeUInt32LE(Number(nanoseconds), at + 48 + index * 4);
  }
  for (const [index, value] of [attributes.mode, attributes.links, attributes.uid, attributes.gid, attributes.device].entries()) {
    body.writeUInt32LE(value >>> 0, at + 60 + index * 4);
  }
  body.writeUInt32LE(BLOCK_BYTES, at + 80);
}
