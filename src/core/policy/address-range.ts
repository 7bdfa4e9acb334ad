/** Whether an IP address lies in a range such as `10.20.0.0/16` or `2001:db8::/32`. What is neither matches nothing. */
export function isInAddressRange(range: string, address: string): boolean {
  const slash = range.indexOf('/');
  const network = addressBytes(range.slice(0, slash));
  const bits = Number(range.slice(slash + 1));
  const own = addressBytes(address);
  if (slash < 0 || network === null || own === null || own.length !== network.length || !(bits <= own.length * 8)) return false;
  return own.every((byte, index) => {
    const compared = Math.max(0, Math.min(8, bits - index * 8));
    const mask = (0xff << (8 - compared)) & 0xff;
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}

/** 4 or 16 bytes; null for what is no address (RFC 4291 section 2.2, without a zone). */
export function addressBytes(text: string): number[] | null {
  return text.includes(':') ? version6(text) : version4(text);
}

function version4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)) return null;
  return parts.map(Number);
}

function version6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groups);
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  // `::` stands for at least one group.
  return missing < 2 ? null : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groups(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes('.') ? version4(part) : null;
    if (embedded !== null) bytes.push(...embedded);
    else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff);
    else return null;
  }
  return bytes;
}
