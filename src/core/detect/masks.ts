/** Samples show what kind of value it was, and never enough of it to use. Starred lengths are kept, capped at 24. */

const MOST_STARS = 24;

export function stars(count: number): string {
  return '*'.repeat(Math.min(MOST_STARS, Math.max(3, count)));
}

/** The first and last characters as asked, but at most a third of the value in all. */
export function keepEnds(value: string, first: number, last: number): string {
  const characters = Array.from(value);
  const most = Math.floor(characters.length / 3);
  const head = Math.min(first, most);
  const tail = Math.min(last, most - head);
  return characters.slice(0, head).join('') + stars(characters.length - head - tail) + characters.slice(characters.length - tail).join('');
}

/** `t***@example.jp`: the domain is kept, for it tells customers from colleagues. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return `${at > 1 ? address.slice(0, 1) : ''}***@${domain.length > 40 ? keepEnds(domain, 4, 8) : domain}`;
}
