import type { Detector } from '../detector.ts';
import { maskEmail } from '../masks.ts';

const LONGEST_LOCAL_PART = 64;
const LOCAL_CHARACTER = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]/;
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?:xn--[a-z0-9]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9-])/y;
// RFC 2606 and RFC 6761: never anyone's address.
const RESERVED = /(?:^|\.)(?:example\.(?:com|net|org)|[^.]+\.(?:test|invalid|localhost))$/;
// "icon@2x.png" and "module@main.ts" are names of files.
const FILE_NAME_ENDING = /\.(?:png|jpe?g|gif|svg|webp|css|html?|jsx?|tsx?|mjs|json|md|py|rb|go|sh|ya?ml)$/;
const NO_PERSON = /^(?:git|noreply|no-reply|mailer-daemon|postmaster)$/;

/** E-mail addresses (RFC 5321 mailboxes without quoting). Starts from each `@`, so that a long line costs no more than its length. */
export const email: Detector = {
  id: 'email',
  identifies: 'contact',
  scan({ text }, report) {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const start = localPartStart(text, at);
      const local = text.slice(start, at).toLowerCase();
      DOMAIN.lastIndex = at + 1;
      const domain = DOMAIN.exec(text)?.[0].toLowerCase();
      if (local === '' || local.endsWith('.') || domain === undefined || FILE_NAME_ENDING.test(domain)) continue;
      const nobody = RESERVED.test(domain) || NO_PERSON.test(local);
      report.match({
        start,
        value: `${local}@${domain}`,
        confidence: nobody ? 'low' : 'high',
        reasons: nobody ? ['format', 'known-test-value'] : ['format'],
      });
    }
  },
  mask: maskEmail,
};

function localPartStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LONGEST_LOCAL_PART && LOCAL_CHARACTER.test(text[start - 1] ?? '')) start--;
  while (start < at && /[.'*/=?#&!`|{}~^%$]/.test(text[start] ?? '')) start++;
  return start;
}
