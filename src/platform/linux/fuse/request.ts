import { IN_HEADER_BYTES, OPCODE } from './protocol.ts';

interface Header {
  /** Names the request in its reply. */
  readonly unique: bigint;
  readonly node: number;
  readonly uid: number;
  readonly gid: number;
  /** The calling thread, or 0 where the kernel names none. */
  readonly pid: number;
}

/** Seconds and nanoseconds since the epoch. */
export interface Time {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** What a request asks. Names are bytes, one latin1 character each. Offsets and sizes of 2^53 and more lose their last digits. */
export type Operation =
  | { readonly op: 'lookup' | 'unlink' | 'rmdir'; readonly name: string }
  | { readonly op: 'forget'; readonly nodes: readonly { readonly node: number; readonly lookups: number }[] }
  | { readonly op: 'getattr' | 'readlink' | 'statfs' | 'destroy' }
  | {
      readonly op: 'setattr';
      readonly valid: number;
      readonly handle: number;
      readonly size: number;
      readonly atime: Time;
      readonly mtime: Time;
      readonly mode: number;
      readonly owner: number;
      readonly group: number;
    }
  | { readonly op: 'symlink'; readonly name: string; readonly target: string }
  | { readonly op: 'mknod' | 'mkdir'; readonly name: string; readonly mode: number }
  | { readonly op: 'rename'; readonly name: string; readonly newParent: number; readonly newName: string; readonly flags: number }
  | { readonly op: 'open' | 'opendir'; readonly flags: number }
  | { readonly op: 'create'; readonly name: string; readonly flags: number; readonly mode: number }
  | { readonly op: 'read' | 'readdir' | 'readdirplus'; readonly handle: number; readonly offset: number; readonly size: number }
  | { readonly op: 'write'; readonly handle: number; readonly offset: number; readonly data: Buffer }
  | { readonly op: 'release' | 'releasedir' | 'flush' | 'fsync' | 'fsyncdir'; readonly handle: number }
  | { readonly op: 'init'; readonly major: number; readonly minor: number; readonly readAhead: number; readonly flags: bigint }
  | { readonly op: 'interrupt'; readonly target: bigint }
  /** A call this guard does not serve, or one whose body is not whole. */
  | { readonly op: 'unsupported'; readonly opcode: number }
  | { readonly op: 'malformed' };

export type Request = Header & { readonly operation: Operation };

const READ_BYTES = 80;
const WRITE_DATA_AT = 80;
const SETATTR_BYTES = 128;
const INIT_EXTENDED = 1n << 30n;

/** Reads the request at the start of `buffer`, of which `length` bytes are filled; null when not even its header is there. */
export function decodeRequest(buffer: Buffer, length: number): Request | null {
  if (length < IN_HEADER_BYTES || length > buffer.length || buffer.readUInt32LE(0) !== length) return null;
  const body = new Body(buffer, length);
  return {
    unique: buffer.readBigUInt64LE(8),
    node: body.u64(16),
    uid: buffer.readUInt32LE(24),
    gid: buffer.readUInt32LE(28),
    pid: buffer.readUInt32LE(32),
    operation: decodeOperation(buffer.readUInt32LE(4), body) ?? { op: 'malformed' },
  };
}

/** Reads that never leave the request. */
class Body {
  readonly #buffer: Buffer;
  readonly length: number;

  constructor(buffer: Buffer, length: number) {
    this.#buffer = buffer;
    this.length = length;
  }

  has(end: number): boolean {
    return this.length >= end;
  }

  u32(at: number): number {
    return this.#buffer.readUInt32LE(at);
  }

  u64(at: number): number {
    return this.#buffer.readUInt32LE(at) + this.#buffer.readUInt32LE(at + 4) * 2 ** 32;
  }

  big(at: number): bigint {
    return this.#buffer.readBigUInt64LE(at);
  }

  bytes(from: number, to: number): Buffer {
    return this.#buffer.subarray(from, to);
  }

  /** `count` strings, each ended by a zero byte, from `at` on; null when one of them is cut off or empty. */
  strings(at: number, count: number): string[] | null {
    const found: string[] = [];
    for (let from = at; found.length < count;) {
      const end = from < this.length ? this.#buffer.indexOf(0, from) : -1;
      if (end === -1 || end >= this.length || end === from) return null;
      found.push(this.#buffer.toString('latin1', from, end));
      from = end + 1;
    }
    return found;
  }
}

function decodeOperation(opcode: number, body: Body): Operation | null {
  switch (opcode) {
    case OPCODE.lookup:
      return named('lookup', body);
    case OPCODE.unlink:
      return named('unlink', body);
    case OPCODE.rmdir:
      return named('rmdir', body);
    case OPCODE.forget:
    case OPCODE.batchForget:
      return forget(opcode, body);
    case OPCODE.getattr:
      return { op: 'getattr' };
    case OPCODE.readlink:
      return { op: 'readlink' };
    case OPCODE.statfs:
      return { op: 'statfs' };
    case OPCODE.destroy:
      return { op: 'destroy' };
    case OPCODE.setattr:
      return setattr(body);
    case OPCODE.symlink:
    case OPCODE.mknod:
    case OPCODE.mkdir:
    case OPCODE.create:
      return make(opcode, body);
    case OPCODE.rename:
    case OPCODE.rename2:
      return rename(opcode, body);
    default:
      return decodeByHandle(opcode, body);
  }
}

function decodeByHandle(opcode: number, body: Body): Operation | null {
  switch (opcode) {
    case OPCODE.open:
      return body.has(48) ? { op: 'open', flags: body.u32(40) } : null;
    case OPCODE.opendir:
      return body.has(48) ? { op: 'opendir', flags: body.u32(40) } : null;
    case OPCODE.read:
      return reading('read', body);
    case OPCODE.readdir:
      return reading('readdir', body);
    case OPCODE.readdirplus:
      return reading('readdirplus', body);
    case OPCODE.write:
      return write(body);
    case OPCODE.release:
      return closing('release', body);
    case OPCODE.releasedir:
      return closing('releasedir', body);
    case OPCODE.flush:
      return closing('flush', body);
    case OPCODE.fsync:
      return closing('fsync', body);
    case OPCODE.fsyncdir:
      return closing('fsyncdir', body);
    case OPCODE.init:
      return init(body);
    case OPCODE.interrupt:
      return body.has(48) ? { op: 'interrupt', target: body.big(40) } : null;
    default:
      return { op: 'unsupported', opcode };
  }
}

function named(op: 'lookup' | 'unlink' | 'rmdir', body: Body): Operation | null {
  const [name] = body.strings(IN_HEADER_BYTES, 1) ?? [];
  return name === undefined ? null : { op, name };
}

function forget(opcode: number, body: Body): Operation | null {
  if (!body.has(48)) return null;
  if (opcode === OPCODE.forget) return { op: 'forget', nodes: [{ node: body.u64(16), lookups: body.u64(40) }] };
  const count = body.u32(40);
  if (!body.has(48 + count * 16)) return null;
  const nodes = Array.from({ length: count }, (_, index) => ({ node: body.u64(48 + index * 16), lookups: body.u64(56 + index * 16) }));
  return { op: 'forget', nodes };
}

function setattr(body: Body): Operation | null {
  if (!body.has(SETATTR_BYTES)) return null;
  return {
    op: 'setattr',
    valid: body.u32(40),
    handle: body.u64(48),
    size: body.u64(56),
    atime: { seconds: BigInt.asIntN(64, body.big(72)), nanoseconds: body.u32(96) },
    mtime: { seconds: BigInt.asIntN(64, body.big(80)), nanoseconds: body.u32(100) },
    mode: body.u32(108),
    owner: body.u32(116),
    group: body.u32(120),
  };
}

/** The kernel has taken the caller's umask off the modes already. */
function make(opcode: number, body: Body): Operation | null {
  if (opcode === OPCODE.symlink) {
    const [name, target] = body.strings(IN_HEADER_BYTES, 2) ?? [];
    return name === undefined || target === undefined ? null : { op: 'symlink', name, target };
  }
  const [name] = body.strings(opcode === OPCODE.mkdir ? 48 : 56, 1) ?? [];
  if (name === undefined) return null;
  if (opcode === OPCODE.create) return { op: 'create', name, flags: body.u32(40), mode: body.u32(44) };
  return { op: opcode === OPCODE.mkdir ? 'mkdir' : 'mknod', name, mode: body.u32(40) };
}

function rename(opcode: number, body: Body): Operation | null {
  const withFlags = opcode === OPCODE.rename2;
  const [name, newName] = body.strings(withFlags ? 56 : 48, 2) ?? [];
  if (name === undefined || newName === undefined) return null;
  return { op: 'rename', name, newParent: body.u64(40), newName, flags: withFlags ? body.u32(48) : 0 };
}

function reading(op: 'read' | 'readdir' | 'readdirplus', body: Body): Operation | null {
  return body.has(READ_BYTES) ? { op, handle: body.u64(40), offset: body.u64(48), size: body.u32(56) } : null;
}

function write(body: Body): Operation | null {
  if (!body.has(WRITE_DATA_AT)) return null;
  const size = body.u32(56);
  if (!body.has(WRITE_DATA_AT + size)) return null;
  return { op: 'write', handle: body.u64(40), offset: body.u64(48), data: body.bytes(WRITE_DATA_AT, WRITE_DATA_AT + size) };
}

function closing(op: 'release' | 'releasedir' | 'flush' | 'fsync' | 'fsyncdir', body: Body): Operation | null {
  return body.has(56) ? { op, handle: body.u64(40) } : null;
}

function init(body: Body): Operation | null {
  if (!body.has(56)) return null;
  const flags = BigInt(body.u32(52));
  const extended = (flags & INIT_EXTENDED) !== 0n && body.has(60) ? BigInt(body.u32(56)) << 32n : 0n;
  return { op: 'init', major: body.u32(40), minor: body.u32(44), readAhead: body.u32(48), flags: flags | extended };
}
