import { inflateRawSync } from 'node:zlib';

const CENTRAL = 0x02014b50;
const DEFLATED = 8;

/** The same zip with its members stored, so that a change to a byte is a change to what they hold. */
export function storedZip(zip: Buffer): Buffer {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === CENTRAL;) {
    const nameLength = zip.readUInt16LE(at + 28);
    const length = 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const entry = Buffer.from(zip.subarray(at, at + 46 + nameLength));
    const data = memberData(zip, entry);
    entry.writeUInt16LE(0, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt32LE(0, 30);
    entry.writeUInt32LE(offset, 42);
    // A local header has the same fields from its fifth byte on as a central one from its seventh.
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), entry.subarray(6, 32), entry.subarray(46)]);
    directory.push(entry);
    locals.push(local, data);
    offset += local.length + data.length;
    at += length;
  }
  const tail = Buffer.from(zip.subarray(end, end + 22));
  tail.writeUInt32LE(Buffer.concat(directory).length, 12);
  tail.writeUInt32LE(offset, 16);
  tail.writeUInt16LE(0, 20);
  return Buffer.concat([...locals, ...directory, tail]);
}

function memberData(zip: Buffer, entry: Buffer): Buffer {
  const local = entry.readUInt32LE(42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + entry.readUInt32LE(20));
  return entry.readUInt16LE(10) === DEFLATED ? inflateRawSync(packed) : Buffer.from(packed);
}
