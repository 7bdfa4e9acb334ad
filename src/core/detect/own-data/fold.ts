/**
 * Tables by UTF-16 code unit for text that is normalised already (NFKC). One unit stays one unit, so that offsets in
 * folded text are offsets in the text.
 */

// Filled in as units are met: all of them at once would cost each inspection thread 80 ms before its first file.
const foldedUnits = new Uint16Array(65_536);
const kinds = new Uint8Array(65_536);

/** What a unit may stand for at the edge of a word. */
export const KIND = { other: 1, latin: 2, katakana: 3, letter: 4 } as const;

const LATIN = /[0-9_\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;
const KATAKANA = /[\p{Script=Katakana}\u30fc]/u;
// Halves of astral characters count as letters: rare kanji of names lie there.
const LETTER = /[\p{L}\p{N}\p{M}\u30fc\ud800-\udfff]/u;

/** Lower case; line breaks and tabs are spaces, for words that a line break stands within. */
export function folded(unit: number): number {
  const known = foldedUnits[unit] ?? 0;
  return known === 0 ? fold(unit) : known;
}

export function unitKind(unit: number): number {
  const known = kinds[unit] ?? 0;
  return known === 0 ? classify(unit) : known;
}

function fold(unit: number): number {
  const character = String.fromCharCode(unit);
  const lower = character.toLowerCase();
  const result = /[\t\n\r]/.test(character) ? 0x20 : lower.length === 1 ? lower.charCodeAt(0) : unit;
  foldedUnits[unit] = result;
  return result;
}

function classify(unit: number): number {
  const character = String.fromCharCode(unit);
  const kind = LATIN.test(character)
    ? KIND.latin
    : KATAKANA.test(character)
      ? KIND.katakana
      : LETTER.test(character)
        ? KIND.letter
        : KIND.other;
  kinds[unit] = kind;
  return kind;
}

/** Letters and digits of any script alone, in lower case: what is left of text when it is set anew. */
export function lettersOf(text: string): string {
  let letters = '';
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unitKind(unit) !== KIND.other && unit !== 0x5f) letters += String.fromCharCode(folded(unit));
  }
  return letters;
}
