/** What the dictionary holds at the start ([MS-OXRTFCP] 2.1.3.1.1). */
const DICTIONARY =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';
const WINDOW = 4096;
const COMPRESSED = 'LZFu';
const HEADER = 16;
/** A reference of two bytes gives seventeen at most. */
const MOST_RATIO = 9;

/** The rtf of an Outlook message, as packed by [MS-OXRTFCP]. Stops at damage and gives what there was. */
export function decompressRtf(packed: Buffer, mostBytes: number): Buffer {
  if (packed.length < HEADER || packed.toString('latin1', 8, 12) !== COMPRESSED) return packed.subarray(HEADER);
  const window = Buffer.alloc(WINDOW);
  let write = window.write(DICTIONARY, 'latin1');
  const output = Buffer.alloc(Math.min(packed.length * MOST_RATIO, mostBytes));
  let length = 0;
  const put = (byte: number): void => {
    output[length++] = byte;
    window[write] = byte;
    write = (write + 1) % WINDOW;
  };
  for (let at = HEADER; at < packed.length && length < output.length;) {
    const control = packed[at++] ?? 0;
    for (let bit = 0; bit < 8 && at < packed.length; bit++) {
      if (((control >> bit) & 1) === 0) put(packed[at++] ?? 0);
      else {
        if (at + 2 > packed.length) return output.subarray(0, length);
        const reference = packed.readUInt16BE(at);
        at += 2;
        const offset = reference >> 4;
        if (offset === write) return output.subarray(0, length);
        for (let index = 0; index < (reference & 0xf) + 2; index++) put(window[(offset + index) % WINDOW] ?? 0);
      }
    }
  }
  return output.subarray(0, length);
}
