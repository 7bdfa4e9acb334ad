/** CRC-64 of ECMA-182, reflected, as xz has it (file format 1.2.1, 7); the lowest byte first. */
export function crc64(): { add(bytes: Uint8Array): void; finish(): Buffer } {
  let [high, low] = [0xffffffff, 0xffffffff];
  return {
    add(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (LOW[index] ?? 0);
        high = (high >>> 8) ^ (HIGH[index] ?? 0);
      }
    },
    finish() {
      const sum = Buffer.alloc(8);
      sum.writeUInt32LE(~low >>> 0, 0);
      sum.writeUInt32LE(~high >>> 0, 4);
      return sum;
    },
  };
}

const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
  let [high, low] = [0, index];
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry === 1) {
      high ^= 0xc96c5795;
      low ^= 0xd7870f42;
    }
  }
  HIGH[index] = high;
  LOW[index] = low;
}
