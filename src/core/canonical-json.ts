/**
 * RFC 8785 (JSON Canonicalization Scheme) for what events hold: objects, arrays, strings, booleans, null and finite
 * numbers. Keys sort by UTF-16 code units, as the RFC says; ECMAScript's own number and string forms are the RFC's.
 * @throws TypeError on undefined inside an array, functions, symbols, bigints and numbers that are not finite.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no form for a number that is not finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON has no form for ${typeof value}`);
  const members: string[] = [];
  for (const [key, member] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}
