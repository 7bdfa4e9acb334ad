/**
 * Tables by UTF-16 code unit for text that is normalised already (NFKC). One unit stays one unit, so that offsets in
 * folded text are offsets in the text.
 */

/** Lower case; line breaks and tabs are spaces, for words that a line break stands within. */
export const FOLDED = new Uint16Array(65_536);

/** What a unit may stand for at the edge of a word. */
export const UNIT_KIND = new Uint8Array(65_536);
export const KIND = { other: 0, latin: 1, katakana: 2, letter: 3 } as const;

const LATIN = /[0-9_\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;
const KATAKANA = /[\p{Script=Katakana}\u30fc]/u;
// Halves of astral characters count as letters: rare kanji of names lie there.
const LETTER = /[\p{L}\p{N}\p{M}\u30fc\ud800-\udfff]/u;

for (let unit = 0; unit < 65_536; unit++) {
  const character = String.fromCharCode(unit);
  const lower = character.toLowerCase();
  FOLDED[unit] = /[\t\n\r]/.test(character) ? 0x20 : lower.length === 1 ? lower.charCodeAt(0) : unit;
  UNIT_KIND[unit] = LATIN.test(character)
    ? KIND.latin
    : KATAKANA.test(character)
      ? KIND.katakana
      : LETTER.test(character)
        ? KIND.letter
        : KIND.other;
}

export const folded = (unit: number): number => FOLDED[unit] ?? unit;
export const unitKind = (unit: number): number => UNIT_KIND[unit] ?? 0;

/** Letters and digits of any script alone, in lower case: what is left of text when it is set anew. */
export function lettersOf(text: string): string {
  let letters = '';
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unitKind(unit) !== KIND.other && unit !== 0x5f) letters += String.fromCharCode(folded(unit));
  }
  return letters;
}
