import type { Detector } from '../detector.ts';
import { stars } from '../masks.ts';

const NAMED = /pass|pwd|\bpw\b|パスワード|暗証番号|pw[::]/i;
const ASSIGNED =
  /(?:password|passwd|pwd|passphrase|パスワード|暗証番号|(?<![A-Za-z])p(?:ass|w)(?=[ ]{0,3}[:=]))["']?[ ]{0,3}(?:[:=]|は|is(?= )|=>)[ ]{0,3}(["'`「]?)([^\s"'`」,;<>]{4,64})(["'`」]?)/gi;
/** Credentials in an address, RFC 3986 section 3.2.1. */
const IN_ADDRESS = /[a-z]:\/\/[^\s:@/"']{1,64}:([^\s:@/"'<>]{4,64})@(?=[A-Za-z0-9[])/g;
/** What stands there in templates, examples and code that reads a password from elsewhere. */
const PLACEHOLDER =
  /^(?:\*+|x+|\.+|-+|_+|\$.*|%.*|\{.*|\[.*|\(.*|null|none|undefined|true|false|string|changeme|pass|password|passwd|example|secret|your.*|my_?password|process\..*|os\..*|env.*|config.*|req\..*|self\..*|this\..*|get.*|input.*|form\..*|必須|任意|入力.*|こちら.*|別途.*|以下.*)$/i;
const CLOSING = new Map([
  ['「', '」'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);

/** Passwords beside their name: `password = ...`, `パスワード: ...`. What follows cannot be checked, so never more than medium. */
export const password: Detector = {
  id: 'secret.password',
  scan({ text }, report) {
    if (NAMED.test(text)) {
      for (const found of text.matchAll(ASSIGNED)) {
        const [whole, opening = '', value = '', closing = ''] = found;
        if (PLACEHOLDER.test(value) || /\(|\)$/.test(value)) continue;
        // An open quote is a sentence ("Enter your password"), not a value.
        if (opening !== '' && CLOSING.get(opening) !== closing) continue;
        const confidence = isLikely(value, opening !== '' && whole.includes('=')) ? 'medium' : 'low';
        report.match({ start: found.index, value, confidence, reasons: ['label'] });
      }
    }
    if (!text.includes('://')) return;
    for (const found of text.matchAll(IN_ADDRESS)) {
      const value = found[1] ?? '';
      if (!PLACEHOLDER.test(value)) report.match({ start: found.index, value, confidence: 'medium', reasons: ['format'] });
    }
  },
  // Not even its first character or its length: both help a guess.
  mask: () => stars(8),
};

/** Words alone are more often a label's translation or a sentence; between quotes behind `=` they are a literal. */
function isLikely(value: string, literal: boolean): boolean {
  if (/[^\0-\x7f]/.test(value)) return false;
  return /[0-9]/.test(value) || /[!@#$%&*?]/.test(value) || literal;
}
