import type { Detector, Match } from '../detector.ts';
import { maskEmail } from '../masks.ts';
import type { TextWindow } from '../text-window.ts';
import { isUnderKnownDomain } from '../top-level-domains.ts';

const LONGEST_LOCAL_PART = 64;
/** The scanner looks no further than at 255 characters behind the at sign. */
const LONGEST_GLANCE = 200;
/** By code, for addresses are read character by character: what a local part may hold, and of that what it begins with only by mistake. */
const LOCAL_CHARACTER = ofCharacters(/[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]/);
const STRANGE_BEGINNING = ofCharacters(/[.'*/=?#&!`|{}~^%$]/);
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?:xn--[a-z0-9]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9-])/y;
// RFC 2606 and RFC 6761: never anyone's address.
const RESERVED = /(?:^|\.)(?:example\.(?:com|net|org)|[^.]+\.(?:test|invalid|localhost))$/;
// "icon@2x.png" and "module@main.ts" are names of files.
const FILE_NAME_ENDING = /\.(?:png|jpe?g|gif|svg|webp|css|html?|jsx?|tsx?|mjs|json|md|py|rb|go|sh|ya?ml)$/;
/** `https://user:password@host`, RFC 3986 section 3.2.1: a log-in, not a mailbox. */
const USER_INFORMATION = /:\/\/[^\s/]*$/;
/** The at sign as the parameters of addresses of pages have it (RFC 3986 section 2.1). */
const ENCODED_LOCAL_PART = /(?<=[=?&])[A-Za-z0-9][A-Za-z0-9._+-]{0,63}%40/g;
const NO_PERSON = /^(?:git|noreply|no-reply|no_reply|donotreply|do-not-reply|mailer-daemon|postmaster)$/;
/** Japan's carriers gave out addresses that end in a dot before RFC 5321's rule was enforced. */
const CARRIER = /^(?:docomo|ezweb|softbank|[a-z]\.vodafone)\.ne\.jp$/;

/** In bytes that are no text a word for mail this close before an address speaks for it. */
const LABEL = /mail|メール/i;
const LABEL_REACH = 24;

/** E-mail addresses (RFC 5321 mailboxes without quoting). Starts from each `@`, so that a long line costs no more than its length. */
export const email: Detector = {
  id: 'email',
  identifies: 'contact',
  scan(window, report) {
    const { text } = window;
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const start = localPartStart(text, at);
      const found = addressAt(text, start, at);
      if (found === undefined || USER_INFORMATION.test(text.slice(Math.max(0, start - 80), start))) continue;
      report.match({ start, ...found, ...(mayBeChance(found) && isUnexplained(window, start) ? { confidence: 'low' } : {}) });
    }
    if (!text.includes('%40')) return;
    for (const { index, 0: written } of text.matchAll(ENCODED_LOCAL_PART)) {
      const found = addressAt(
        written.replace('%40', '@') + text.slice(index + written.length, index + written.length + 256),
        0,
        written.length - 3,
      );
      if (found !== undefined) report.match({ start: index, ...found });
    }
  },
  glance(sight) {
    const { written } = sight;
    const at = written.indexOf('@');
    if (at < 0 || written.length > LONGEST_GLANCE || !sight.isAscii || sight.touchesWide || sight.isInAddress) return undefined;
    // The scanner's candidate is all that may belong to an address, to both sides.
    const found = addressAt(written, localPartStart(written, at), at) ?? 'nothing';
    return found !== 'nothing' && sight.isOfStrings && mayBeChance(found) ? undefined : found;
  },
  mask: maskEmail,
};

/** Bytes at random make seven addresses in 512 MiB, nearly all of them under no domain that there is. */
function mayBeChance({ value }: Omit<Match, 'start'>): boolean {
  return !isUnderKnownDomain(value.slice(value.indexOf('@') + 1));
}

function isUnexplained(window: TextWindow, start: number): boolean {
  return window.isOfStrings(start) && !LABEL.test(window.text.slice(Math.max(0, start - LABEL_REACH), start));
}

/** The address of which `at` is the at sign. */
function addressAt(text: string, start: number, at: number): Omit<Match, 'start'> | undefined {
  const local = text.slice(start, at).toLowerCase();
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0].toLowerCase();
  if (local === '' || domain === undefined || FILE_NAME_ENDING.test(domain)) return undefined;
  if (local.endsWith('.') && !CARRIER.test(domain)) return undefined;
  const nobody = RESERVED.test(domain) ? 'reserved-range' : NO_PERSON.test(local) ? 'machine-sender' : undefined;
  return {
    value: `${local}@${domain}`,
    confidence: nobody === undefined ? 'high' : 'low',
    reasons: nobody === undefined ? ['format'] : ['format', nobody],
  };
}

/** A cell that is an address and nothing else. */
export function emailOf(cell: string): Omit<Match, 'start'> | undefined {
  const written = cell.trim();
  const at = written.indexOf('@');
  if (at <= 0 || written.includes('@', at + 1) || localPartStart(written, at) > 0) return undefined;
  const found = addressAt(written, 0, at);
  return found?.value.length === written.length ? found : undefined;
}

function localPartStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LONGEST_LOCAL_PART && LOCAL_CHARACTER[text.charCodeAt(start - 1)] === true) start--;
  while (start < at && STRANGE_BEGINNING[text.charCodeAt(start)] === true) start++;
  return start;
}

/** For each character of ASCII whether it is of a class. */
function ofCharacters(pattern: RegExp): readonly boolean[] {
  return Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)));
}
