/** How people type a word besides the way it is listed: in half-width kana, and in full-width letters. */
export function otherSpellings(word: string): string[] {
  const kana = Array.from(word, (character) => HALF_WIDTH.get(character) ?? character).join('');
  const cases = /[a-z]/i.test(word) ? [word.toLowerCase(), word.toUpperCase(), titled(word)] : [word];
  // Letters of a pure ASCII word are compared without regard to case; beside Japanese, bytes are bytes.
  const narrow = isAscii(word) ? [] : cases;
  return [...new Set([kana, ...narrow, ...cases.map(fullWidth)])].filter((spelling) => spelling !== word);
}

export function isAscii(word: string): boolean {
  return /^[\0-\x7f]*$/.test(word);
}

/** Half-width kana by what NFKC makes of them, the voiced ones with their mark. */
const HALF_WIDTH = new Map<string, string>();
for (let code = 0xff61; code <= 0xff9f; code++) {
  for (const mark of ['', '\uff9e', '\uff9f']) {
    const written = String.fromCharCode(code) + mark;
    const plain = written.normalize('NFKC');
    if (plain.length === 1) HALF_WIDTH.set(plain, written);
  }
}

function fullWidth(word: string): string {
  return word.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).replaceAll(' ', '\u3000');
}

function titled(word: string): string {
  return word.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
}
