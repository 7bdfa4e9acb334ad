const LOW_FACTOR = 0x9e37_79b1;
const HIGH_FACTOR = 0x5f35_6495;
const HIGH_BITS = 0x1f_ffff;
const TWO_TO_32 = 0x1_0000_0000;
/** Stands for an empty slot. */
const NONE = 0;

/**
 * 53 bits that stand for a text where a million of them are to be told apart: an integer, never 0. Behind another's hash it
 * stands for both. Two of a million texts share one with odds of 1 to 18,000, which would make a count one too small; who
 * makes texts to share one only hides what he could as well leave out.
 */
export function hashOf(text: string, behind = NONE): number {
  let low = (behind >>> 0) ^ 0x6a09_e667;
  let high = ((behind / TWO_TO_32) >>> 0) ^ 0x3c6e_f372;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, LOW_FACTOR);
    high = Math.imul(high ^ code, HIGH_FACTOR);
  }
  low ^= low >>> 15;
  low = Math.imul(low ^ (high >>> 16), 0x85eb_ca6b) ^ text.length;
  high = Math.imul(high ^ (low >>> 13), 0xc2b2_ae35);
  low ^= Math.imul(high ^ (high >>> 15), 0x27d4_eb2f);
  low ^= low >>> 16;
  return ((high ^ (high >>> 16)) & HIGH_BITS) * TWO_TO_32 + (low >>> 0) || 1;
}
