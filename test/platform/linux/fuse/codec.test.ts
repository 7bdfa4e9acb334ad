import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeRequest,
  DirectoryPage,
  encodeAttributes,
  encodeInit,
  encodeNotice,
  encodeReply,
  INIT_FLAG,
  NOTICE,
  OPCODE,
  type Operation,
} from '../../../../src/platform/linux/fuse/index.ts';

/** Layouts: include/uapi/linux/fuse.h of Linux 6.18 (protocol 7.45). */
function request(opcode: number, body: Uint8Array, node = 1): Buffer {
  const bytes = Buffer.alloc(40 + body.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt32LE(opcode, 4);
  bytes.writeBigUInt64LE(0xfedc_ba98_7654_3210n, 8);
  bytes.writeBigUInt64LE(BigInt(node), 16);
  bytes.writeUInt32LE(1000, 24);
  bytes.writeUInt32LE(100, 28);
  bytes.writeUInt32LE(4711, 32);
  bytes.set(body, 40);
  return bytes;
}

function operation(opcode: number, ...parts: readonly (Uint8Array | string)[]): Operation | undefined {
  const bytes = request(opcode, Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
  return decodeRequest(bytes, bytes.length)?.operation;
}

const u32 = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (...values: readonly bigint[]): Buffer => Buffer.from(BigUint64Array.from(values).buffer);
const opcodes = Object.values(OPCODE);

describe('a request', () => {
  it('is read with who asks and what', () => {
    const bytes = request(OPCODE.lookup, Buffer.from('list.csv\0'), 7);
    expect(decodeRequest(bytes, bytes.length)).toEqual({
      unique: 0xfedc_ba98_7654_3210n,
      node: 7,
      uid: 1000,
      gid: 100,
      pid: 4711,
      operation: { op: 'lookup', name: 'list.csv' },
    });
  });

  it.each<[string, number, readonly (Uint8Array | string)[], Operation]>([
    ['create', OPCODE.create, [u32(0o102, 0o100644, 0o22, 0), 'a\0'], { op: 'create', name: 'a', flags: 0o102, mode: 0o100644 }],
    ['mkdir', OPCODE.mkdir, [u32(0o40755, 0), 'd\0'], { op: 'mkdir', name: 'd', mode: 0o40755 }],
    ['symlink', OPCODE.symlink, ['name\0target\0'], { op: 'symlink', name: 'name', target: 'target' }],
    ['rename', OPCODE.rename, [u64(9n), 'a\0b\0'], { op: 'rename', name: 'a', newParent: 9, newName: 'b', flags: 0 }],
    ['rename2', OPCODE.rename2, [u64(9n), u32(1, 0), 'a\0b\0'], { op: 'rename', name: 'a', newParent: 9, newName: 'b', flags: 1 }],
    ['read', OPCODE.read, [u64(3n, 65_536n), u32(4096, 0), u64(0n), u32(0, 0)], { op: 'read', handle: 3, offset: 65_536, size: 4096 }],
    [
      'write',
      OPCODE.write,
      [u64(3n, 5n), u32(2, 0), u64(0n), u32(0, 0), 'hi'],
      { op: 'write', handle: 3, offset: 5, data: Buffer.from('hi') },
    ],
    ['flush', OPCODE.flush, [u64(3n), u32(0, 0), u64(1n)], { op: 'flush', handle: 3 }],
    ['forget', OPCODE.forget, [u64(2n)], { op: 'forget', nodes: [{ node: 1, lookups: 2 }] }],
    ['interrupt', OPCODE.interrupt, [u64(77n)], { op: 'interrupt', target: 77n }],
    ['batch forget', OPCODE.batchForget, [u32(1, 0), u64(5n, 2n)], { op: 'forget', nodes: [{ node: 5, lookups: 2 }] }],
    ['not served', 47, [], { op: 'unsupported', opcode: 47 }],
    ['name without end', OPCODE.lookup, ['list'], { op: 'malformed' }],
    ['empty name', OPCODE.unlink, ['\0'], { op: 'malformed' }],
    ['one name of two', OPCODE.rename, [u64(9n), 'a\0b'], { op: 'malformed' }],
    ['write longer than it is', OPCODE.write, [u64(3n, 5n), u32(3, 0), u64(0n), u32(0, 0), 'hi'], { op: 'malformed' }],
    ['forgetting more than there is', OPCODE.batchForget, [u32(1000, 0), u64(5n, 2n)], { op: 'malformed' }],
    ['cut off', OPCODE.setattr, [u32(8, 0)], { op: 'malformed' }],
  ])('%s', (_name, opcode, parts, expected) => {
    expect(operation(opcode, ...parts)).toEqual(expected);
  });

  it('reads the flags above 32 only where the kernel says that they are there', () => {
    const init = (flags: bigint) => operation(OPCODE.init, u32(7, 45, 0, Number(flags & 0xffff_ffffn), Number(flags >> 32n)));
    expect(init(INIT_FLAG.initExt | INIT_FLAG.passthrough)).toMatchObject({ flags: INIT_FLAG.initExt | INIT_FLAG.passthrough });
    expect(init(INIT_FLAG.passthrough)).toMatchObject({ flags: 0n });
  });

  it('of any bytes is read or refused, and never reaches beyond its end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...opcodes, 99),
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 64 }),
        (opcode, body, after) => {
          const bytes = request(opcode, body);
          const alone = decodeRequest(bytes, bytes.length);
          const followed = decodeRequest(Buffer.concat([bytes, after]), bytes.length);
          expect(followed).toEqual(alone);
          expect(alone).not.toBeNull();
        },
      ),
    );
  });

  it('that is no request is none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 39 }), (bytes) => decodeRequest(Buffer.from(bytes), bytes.length) === null));
    const bytes = request(OPCODE.statfs, new Uint8Array(0));
    expect(decodeRequest(bytes, bytes.length - 1)).toBeNull();
  });
});

describe('a notice', () => {
  it('answers nothing: its kind stands where a reply has its errno, above zero', () => {
    expect(encodeNotice(NOTICE.resend)).toEqual(Buffer.from([16, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  });
});

describe('a reply', () => {
  it('carries its length, its errno negated and its request', () => {
    const reply = encodeReply(5n, 13, Buffer.from('xyz'));
    expect([reply.readUInt32LE(0), reply.readInt32LE(4), reply.readBigUInt64LE(8), reply.subarray(16).toString()]).toEqual([
      19,
      -13,
      5n,
      'xyz',
    ]);
  });

  it('keeps times to the nanosecond, before 1970 too', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (time) => {
        const attributes = { size: 1n, blocks: 1n, accessed: 0n, modified: time, changed: 0n };
        const body = encodeAttributes(1, { ...attributes, inode: 2, mode: 0o100644, links: 1, uid: 0, gid: 0, device: 0 });
        expect(body.readBigInt64LE(16 + 32) * 1_000_000_000n + BigInt(body.readUInt32LE(16 + 52))).toBe(time);
      }),
    );
  });

  it('agrees to no more than was asked for by the caller of encodeInit', () => {
    const body = encodeInit({ minor: 99, readAhead: 1, flags: INIT_FLAG.passthrough | 1n, stackDepth: 2 });
    expect([body.readUInt32LE(0), body.readUInt32LE(4), body.readUInt32LE(12), body.readUInt32LE(32), body.readUInt32LE(36)]).toEqual([
      7, 45, 1, 32, 2,
    ]);
  });

  it('holds folder entries that can be walked, within its size', () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 255, unit: fc.constantFrom('a', '\xff', '.') }), { maxLength: 40 });
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 4096 }), (all, size) => {
        const page = new DirectoryPage(size);
        const added: string[] = [];
        for (const [index, name] of all.entries()) {
          if (!page.fits(name, false)) break;
          page.add({ name, inode: index + 2, kind: 0o100000, next: index + 1 });
          added.push(name);
        }
        const bytes = page.bytes();
        expect(bytes.length).toBeLessThanOrEqual(size);
        const read: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const length = bytes.readUInt32LE(at + 16);
          read.push(bytes.toString('latin1', at + 24, at + 24 + length));
          at += (24 + length + 7) & ~7;
        }
        expect(read).toEqual(added);
      }),
    );
  });
});
