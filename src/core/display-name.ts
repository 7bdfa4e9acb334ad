// Control characters forge log lines; bidirectional overrides turn an extension round (CVE-2021-42574 is the same trick
// in source code); zero-width characters make two names look like one; line separators break line-oriented readers.
const DECEPTIVE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\p{Cs}\p{Co}\p{Cn}]/gu;

/** A name as it may be shown and logged: deceptive characters become `\u{NNNN}`, bytes outside UTF-8 `\xNN`. */
export function displayName(name: string | Uint8Array): string {
  const text = typeof name === 'string' ? name : decode(name);
  return text.replace(DECEPTIVE, (character) => `\\u{${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}}`);
}

/** The last part of a shown path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function decode(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLoosely(bytes, strict);
  }
}

function decodeLoosely(bytes: Uint8Array, strict: InstanceType<typeof TextDecoder>): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      text += strict.decode(bytes.subarray(at, at + length));
      at += Math.min(length, bytes.length - at);
    } catch {
      text += `\\x${lead.toString(16).toUpperCase().padStart(2, '0')}`;
      at += 1;
    }
  }
  return text;
}
