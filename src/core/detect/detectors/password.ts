import type { Detector, Report } from '../detector.ts';
import { stars } from '../masks.ts';
import { isExpression, isOperand, isPlaceholder, isSampleHost, isSampleQuery } from './password-values.ts';

const NAMED = /pass|pwd|\bpw\b|パスワード|暗証番号|pw[::]/i;
const ASSIGNED =
  /(password|passwd|pwd|passphrase|パスワード|暗証番号|(?<![A-Za-z])p(?:ass|w)(?=[ ]{0,3}[:=]))["']?[ ]{0,3}(?:[:=]|は|is(?= )|=>|(?=「))[ ]{0,3}(["'`「]?)([^\s"'`」,;<>]{4,64})(["'`」]?)/gi;
/** Credentials in an address, RFC 3986 section 3.2.1. */
const IN_ADDRESS = /[a-z]:\/\/([^\s:@/"']{1,64}):([^\s:@/"'<>]{4,64})@(?=[A-Za-z0-9[])/g;
/** Whoever takes files without an account gives any password, RFC 1635. */
const ANYBODY = /^anonymous$/i;
/** PHP's constants, .netrc, and a pair of user and password. */
const DEFINED = /define\( ?["'][A-Z0-9_]{0,40}PASS(?:W(?:OR)?D)?["'] ?, ?(["'])([^"'\s]{4,64})\1/gi;
const NETRC = /(?:\bmachine\s{1,4}(\S{1,64})\s{1,4}|\bdefault\s{1,4})?\blogin\s{1,4}(\S{1,64})\s{1,4}password\s{1,4}["']?([^\s"']{4,64})/g;
const PAIR =
  /(?:user(?:name)?|\bid|login|account|ユーザー?名?) ?\/ ?(?:pass(?:word)?|pw|パスワード) {0,3}[:=] {0,3}([^\s/]{1,64}) ?\/ ?([^\s/]{4,64})/gi;
/** `PASS: name of a test`, as test runners log it. */
const TEST_RESULT = /^PASS:/;
const NAME_BEFORE = /[A-Za-z_$][\w$]{0,40}$/;
const CLOSING = new Map([
  ['「', '」'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);
/** Of the address that a query belongs to. */
const QUERY_REACH = 250;
const CODE_REACH = 48;

/** Passwords beside their name: `password = ...`, `パスワード: ...`. What follows cannot be checked, so never more than medium. */
export const password: Detector = {
  id: 'secret.password',
  scan({ text }, report) {
    if (NAMED.test(text)) {
      scanAssigned(text, report);
      scanNetrc(text, report);
      for (const pattern of [DEFINED, PAIR]) {
        for (const found of text.matchAll(pattern)) {
          const [whole, , value = ''] = found;
          if (isPlaceholder(value) || isExpression(value)) continue;
          const start = found.index + whole.lastIndexOf(value);
          report.match({ start, value, confidence: isLikely(value, true) ? 'medium' : 'low', reasons: ['label'] });
        }
      }
    }
    if (text.includes('://')) scanAddresses(text, report);
  },
  // Not even its first character or its length: both help a guess.
  mask: () => stars(8),
};

function scanAssigned(text: string, report: Report): void {
  for (const found of text.matchAll(ASSIGNED)) {
    const [whole, label = '', opening = '', value = '', closing = ''] = found;
    if (isPlaceholder(value) || /\(|\)$/.test(value)) continue;
    if (TEST_RESULT.test(whole) && (found.index === 0 || text[found.index - 1] === '\n')) continue;
    // An open quote is a sentence ("Enter your password"), not a value.
    if (opening !== '' && CLOSING.get(opening) !== closing) continue;
    const end = found.index + whole.length;
    const before = text.slice(Math.max(0, found.index - CODE_REACH), found.index);
    if (opening === '') {
      const prefix = NAME_BEFORE.exec(before)?.[0] ?? '';
      const name = prefix === '' ? '' : prefix + label;
      if (isExpression(value) || isOperand(value, name, before, text.slice(end, end + CODE_REACH))) continue;
    }
    const start = found.index;
    if (/[?&]$/.test(before) && isSampleQuery(text.slice(Math.max(0, start - QUERY_REACH), start))) {
      report.match({ start, value, confidence: 'low', reasons: ['label', 'placeholder'] });
      continue;
    }
    const confidence = isLikely(value, opening !== '' && whole.includes('=')) ? 'medium' : 'low';
    report.match({ start, value, confidence, reasons: ['label'] });
  }
}

/** Letters alone are a word of a sentence ("login style password requests"), unless a machine or a default begins the entry. */
function scanNetrc(text: string, report: Report): void {
  for (const found of text.matchAll(NETRC)) {
    const [whole, machine = '', user = '', value = ''] = found;
    if (isPlaceholder(value) || isExpression(value) || isSampleHost(machine) || ANYBODY.test(user)) continue;
    const confidence = isLikely(value, !whole.startsWith('login')) ? 'medium' : 'low';
    report.match({ start: found.index + whole.lastIndexOf(value), value, confidence, reasons: ['label'] });
  }
}

function scanAddresses(text: string, report: Report): void {
  for (const found of text.matchAll(IN_ADDRESS)) {
    const [whole, user = '', value = ''] = found;
    const end = found.index + whole.length;
    if (isPlaceholder(value) || ANYBODY.test(user) || isSampleHost(text.slice(end, end + 80))) continue;
    report.match({ start: found.index, value, confidence: 'medium', reasons: ['format'] });
  }
}

/** A literal of letters alone that is shorter is a name in an example. */
const SHORTEST_WORD = 6;

/** Words alone are more often a label's translation or a sentence; between quotes behind `=` they are a literal. */
function isLikely(value: string, literal: boolean): boolean {
  if (/[^\0-\x7f]/.test(value)) return false;
  return /[0-9]/.test(value) || /[!@#$%&*?]/.test(value) || (literal && value.length >= SHORTEST_WORD);
}
