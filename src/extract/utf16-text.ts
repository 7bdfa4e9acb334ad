/**
 * UTF-16LE as text; an odd byte at the end is left out. Never `toString('utf16le')` on bytes from a file: Node copies an
 * odd byte past the end of its own buffer when the text is long and its address is odd (a heap overflow of one byte).
 */
export function utf16Text(bytes: Buffer): string {
  return bytes.subarray(0, bytes.length & ~1).toString('utf16le');
}
