/** The scanner's memory, the same for both engines. Addresses are bytes from its beginning. */

/** Digits of the number being judged, one value 0-9 a byte, the rightmost first. */
export const DIGITS: i32 = 0;
/** Lengths (bytes), starts (words) and joints (bytes) of its groups, the rightmost first. */
export const GROUP_LENGTHS: i32 = 64;
export const GROUP_JOINTS: i32 = 80;
export const GROUP_STARTS: i32 = 96;
/** A word: 1 while the bytes in hand are to be read as Shift_JIS, too. */
export const READS_SHIFT_JIS: i32 = 128;
/** A word: 1 while the bytes in hand are no text, of which only strings are looked at (kernel/strings.ts). */
export const READS_STRINGS: i32 = 132;
/** Candidates in the output, then shapes that failed their check digit, a word for each kind. */
export const OUTPUT_COUNT: i32 = 256;
export const MISSES: i32 = 260;
export const MISSES_BYTES: i32 = 64;

/** From here to `OUTPUT` memory is filled once, by tables.ts, as are the tables behind the window. Length of an IBAN by its country's two letters, 26 x 26 bytes; 0 for no country. */
export const IBAN_LENGTHS: i32 = 1024;
/** Exact signs, a bit for each: 16 bytes by the low nibble of their first byte, then by the low and the high nibble of the second and of the third. */
export const SIGNS: i32 = 1920;
/** For each of four bytes of a fingerprint: 16 bytes by low nibble, 16 by high nibble; each bit is a bucket. */
export const NIBBLES: i32 = 2048;
/** The classes of a byte (digit, joint, at sign) by low and by high nibble. */
export const CLASSES: i32 = 2176;
/** As `NIBBLES`, of fingerprints with bytes beyond ASCII: those of UTF-8, then those of Shift_JIS. */
export const WIDE_NIBBLES: i32 = 2208;
export const SHIFT_JIS_NIBBLES: i32 = 2336;
/** A byte for each slot of the hash table below, with a bit for each fingerprint that belongs there, by three bits more of its hash. */
export const KNOWN_SLOTS: i32 = 2560;
/** Open hash table of fingerprints: `SLOT_COUNT` times a folded fingerprint and the address of its list of literals. */
export const SLOTS: i32 = 1_310_720;
export const SLOT_BITS: i32 = 13;
export const LITERALS: i32 = 1_376_256;

/** Records of three words: kind, start, end. */
export const OUTPUT: i32 = 65_536;
export const RECORD_BYTES: i32 = 12;
export const OUTPUT_CAPACITY: i32 = 8192;
/** No block of 64 bytes yields more: the build limits the literals that share a fingerprint. */
export const MOST_IN_A_BLOCK: i32 = 2048;

/** Bytes before and behind the scanned ones that are there to be looked at; no rule reaches further. */
export const REACH: i32 = 1024;
/** The bytes in hand: `REACH` already scanned, those to scan, `REACH` to scan later; behind the last window of a file `REACH` zeros. */
export const WINDOW: i32 = 196_608;
export const WINDOW_BYTES: i32 = 262_144;

/**
 * Words that explain a number, looked for only around candidates: nibble tables of three bytes, slots and literals as
 * above, then what was found in each block of the window.
 */
export const CONTEXT_NIBBLES: i32 = 462_848;
/** Those of fingerprints with bytes beyond ASCII. */
export const CONTEXT_WIDE_NIBBLES: i32 = 462_944;
export const CONTEXT_KNOWN_SLOTS: i32 = 463_104;
export const CONTEXT_SLOTS: i32 = 467_456;
export const CONTEXT_SLOT_BITS: i32 = 12;
export const CONTEXT_LITERALS: i32 = 500_224;
export const CONTEXT_BLOCK: i32 = 64;
/** For each block of the window a word: 0 when it was not looked at, else its width in thirds of characters and 256 times its number of hits. */
export const CONTEXT_BLOCKS: i32 = 557_056;
export const CONTEXT_BLOCKS_BYTES: i32 = 16_384;
/** For each block of the window room for `MOST_CONTEXT_HITS` hits of two words: where a literal begins, and a bit for each of its groups. */
export const CONTEXT_HITS: i32 = 589_824;
export const CONTEXT_HIT_BYTES: i32 = 8;
export const MOST_CONTEXT_HITS: i32 = 16;
/** For each group a word: where its nearest literal before a place begins, and behind it; 0 for none. */
export const CONTEXT_GROUP_COUNT: i32 = 16;
export const CONTEXT_BEFORE: i32 = 384;
export const CONTEXT_BEHIND: i32 = 448;

/** Names of people: classes by UTF-16 code unit, a byte each; what two characters in a row may begin, by their hash; code units by Shift_JIS. */
export const UNIT_CLASSES: i32 = 1_114_112;
export const UNIT_PAIRS: i32 = 1_179_648;
export const UNIT_PAIR_BITS: i32 = 16;
export const SHIFT_JIS_UNITS: i32 = 1_245_184;
/** Code units of the run in hand and the addresses behind them, a word each. */
export const RUN_UNITS: i32 = 1_294_336;
export const RUN_ENDS: i32 = 1_294_464;
export const LONGEST_RUN: i32 = 24;

export const PAGES: i32 = 22;
export const MEMORY_BYTES: i32 = 1_441_792;

/** Buckets of the nibble tables that stand for shapes of four bytes; the others are literals. */
export const ASCII_SHAPES: i32 = 0x01;
export const WIDE_SHAPES: i32 = 0x03;
export const CLASS_DIGIT: i32 = 0x80;
export const CLASS_JOINT: i32 = 0x40;
export const CLASS_AT: i32 = 0x20;
export const CLASS_STOP: i32 = 0x10;
export const CLASS_COLON: i32 = 0x08;
