/**
 * RFC 8785 (JSON Canonicalization Scheme) for what events hold: objects, arrays, strings, booleans, null and finite
 * numbers. Keys sort by UTF-16 code units, as the RFC says; ECMAScript's own number and string forms are the RFC's.
 * @throws TypeError on undefined inside an array, functions, symbols, bigints and numbers that are not finite.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no form for a number that is not finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) throw new TypeError(`canonical JSON has no form for ${typeof value}`);
  return canonicalObject(value);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object';

function canonicalObject(value: Readonly<Record<string, unknown>>): string {
  let members = '';
  // Without a comparator `toSorted` compares UTF-16 code units.
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member !== undefined) members += `${members === '' ? '' : ','}${quote(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** What needs no escape: nearly every text. Every event is hashed at both ends, and this is where that time goes. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
