const LINE_FEED = 0x0a;
const IN_ALL_BYTES = 0x0101_0101;
/** Rounds before a byte of the sums could overflow. */
const MOST_ROUNDS = 255;

/** Line feeds among the bytes from `from` to `to`, four bytes at a time. */
export function countLineFeeds(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let at = from;
  let count = 0;
  const aligned = Math.min(to, from + ((4 - ((bytes.byteOffset + from) & 3)) & 3));
  for (; at < aligned; at++) if (bytes[at] === LINE_FEED) count++;
  const length = (to - at) >> 2;
  const words = length > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset + at, length) : new Int32Array();
  for (let word = 0; word < words.length;) {
    const end = Math.min(words.length, word + MOST_ROUNDS);
    // One bit in each byte of `others` for each byte of the word that is no line feed.
    let others = 0;
    const rounds = end - word;
    for (; word < end; word++) {
      const difference = (words[word] ?? 0) ^ (IN_ALL_BYTES * LINE_FEED);
      others = (others + (((((difference & 0x7f7f_7f7f) + 0x7f7f_7f7f) | difference) >>> 7) & IN_ALL_BYTES)) | 0;
    }
    count += rounds * 4 - ((others & 0xff) + ((others >>> 8) & 0xff) + ((others >>> 16) & 0xff) + (others >>> 24));
  }
  for (at += words.length * 4; at < to; at++) if (bytes[at] === LINE_FEED) count++;
  return count;
}
