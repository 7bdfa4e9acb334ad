import type { Detector } from '../detector.ts';
import { stars } from '../masks.ts';

const NAMED = /pass|pwd|\bpw\b|パスワード|暗証番号|pw[::]/i;
const ASSIGNED =
  /(?:password|passwd|pwd|passphrase|パスワード|暗証番号|(?<![A-Za-z])p(?:ass|w)(?=[ ]{0,3}[:=]))["']?[ ]{0,3}(?:[:=]|は|is(?= )|=>|(?=「))[ ]{0,3}(["'`「]?)([^\s"'`」,;<>]{4,64})(["'`」]?)/gi;
/** Credentials in an address, RFC 3986 section 3.2.1. */
const IN_ADDRESS = /[a-z]:\/\/[^\s:@/"']{1,64}:([^\s:@/"'<>]{4,64})@(?=[A-Za-z0-9[])/g;
/** PHP's constants, .netrc, and a pair of user and password. */
const DEFINED = /define\( ?["'][A-Z0-9_]{0,40}PASS(?:W(?:OR)?D)?["'] ?, ?(["'])([^"'\s]{4,64})\1/gi;
const NETRC = /\blogin\s{1,4}\S{1,64}\s{1,4}password\s{1,4}(\S{4,64})/g;
const PAIR =
  /(?:user(?:name)?|\bid|login|account|ユーザー?名?) ?\/ ?(?:pass(?:word)?|pw|パスワード) {0,3}[:=] {0,3}[^\s/]{1,64} ?\/ ?([^\s/]{4,64})/gi;
/** `PASS: name of a test`, as test runners log it. */
const TEST_RESULT = /^PASS:/;
/** Code that has the value elsewhere: members, elements, negations, references, numbers of registers. */
const EXPRESSION = /^(?:0x[0-9a-f]+$|!\$?[a-z_]+$|\\|[*&][a-z_]+$|\$?[a-z_][\w$]*(?:\[|\??\.[a-z_$]))/i;
/** Hosts of documentation (RFC 2606) and of templates. */
const SAMPLE_HOST =
  /^(?:[\w*-]+\.)*(?:example\.(?:com|net|org|jp|co\.jp)|[\w-]+\.(?:example|test|invalid)|company\.com|proxyhost|proxy|host(?:name)?|domain(?:\.com)?)(?![\w.-])/i;
/** What stands there in templates, examples and code that reads a password from elsewhere. */
const PLACEHOLDER =
  /^(?:\*+|x+|\.+|-+|_+|\$.*|%.*|\{.*|\[.*|\(.*|anonymous@?|guest|fred|secret(?:[-_]?[0-9]{1,3}|\$.*|-[0-9]-levels)|(?:proxy|user|my|test|db|foo|dummy)[-_]?pass(?:word|wd)?|null|none|undefined|true|false|string|changeme|pass|password|passwd|example|secret|your.*|my_?password|process\..*|os\..*|env.*|config.*|req\..*|self\..*|this\..*|get.*|input.*|form\..*|必須|任意|入力.*|こちら.*|別途.*|以下.*)$/i;
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
        if (PLACEHOLDER.test(value) || /\(|\)$/.test(value) || (opening === '' && EXPRESSION.test(value))) continue;
        if (TEST_RESULT.test(whole) && (found.index === 0 || text[found.index - 1] === '\n')) continue;
        // An open quote is a sentence ("Enter your password"), not a value.
        if (opening !== '' && CLOSING.get(opening) !== closing) continue;
        const confidence = isLikely(value, opening !== '' && whole.includes('=')) ? 'medium' : 'low';
        report.match({ start: found.index, value, confidence, reasons: ['label'] });
      }
    }
    for (const [pattern, group] of NAMED.test(text)
      ? ([
          [DEFINED, 2],
          [NETRC, 1],
          [PAIR, 1],
        ] as const)
      : []) {
      for (const found of text.matchAll(pattern)) {
        const value = found[group] ?? '';
        if (PLACEHOLDER.test(value) || EXPRESSION.test(value)) continue;
        report.match({ start: found.index, value, confidence: isLikely(value, true) ? 'medium' : 'low', reasons: ['label'] });
      }
    }
    if (!text.includes('://')) return;
    for (const found of text.matchAll(IN_ADDRESS)) {
      const value = found[1] ?? '';
      const host = text.slice(found.index + found[0].length, found.index + found[0].length + 80);
      if (!PLACEHOLDER.test(value) && !SAMPLE_HOST.test(host))
        report.match({ start: found.index, value, confidence: 'medium', reasons: ['format'] });
    }
  },
  // Not even its first character or its length: both help a guess.
  mask: () => stars(8),
};

/** A literal of letters alone that is shorter is a name in an example. */
const SHORTEST_WORD = 6;

/** Words alone are more often a label's translation or a sentence; between quotes behind `=` they are a literal. */
function isLikely(value: string, literal: boolean): boolean {
  if (/[^\0-\x7f]/.test(value)) return false;
  return /[0-9]/.test(value) || /[!@#$%&*?]/.test(value) || (literal && value.length >= SHORTEST_WORD);
}
