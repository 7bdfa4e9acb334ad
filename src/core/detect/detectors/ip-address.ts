import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector } from '../detector.ts';
import type { Reason } from '../reason.ts';
import type { TextWindow } from '../text-window.ts';
import { IP_WORDS } from './context-words.ts';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const VERSION_4 = new RegExp(`(?<![0-9A-Za-z.])${OCTET}(?:\\.${OCTET}){3}(?![0-9A-Za-z]|\\.[0-9])`, 'g');
/** RFC 4291 section 2.2: eight groups, or fewer around one `::`. */
const VERSION_6 =
  /(?<![0-9A-Za-z:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,7}(?![0-9A-Za-z:.])|(?<![0-9A-Za-z:.])[0-9a-f]{1,4}::[0-9a-f]{1,4}(?![0-9A-Za-z:.])/gi;
/** RFC 6890: private, loopback, link-local, documentation and others that lead to nobody. */
const SPECIAL =
  /^(?:0|10|127)\.|^(?:169\.254|192\.168|192\.0\.2|198\.51\.100|203\.0\.113)\.|^172\.(?:1[6-9]|2[0-9]|3[01])\.|^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|^198\.1[89]\.|^(?:22[4-9]|2[3-5][0-9])\.|^(?:fe[89ab]|f[cd]|ff|2001:0?db8:|::|0:)/i;
/** A product's version: `Chrome/126.0.6478.62` (RFC 9110 section 10.1.5), `v1.2.3.4`, "version 1.2.3.4". */
const VERSION_BEFORE = /(?:[A-Za-z]\/|(?:^|[^A-Za-z])(?:v|ver\.?|version|release|build|rev\.?) ?|バージョン ?|第)$/i;
/** Says on its own that an address follows: sshd, iptables, RFC 7239 and mail headers. */
const SOURCE_BEFORE =
  /(?:\b(?:from|by|nameserver|allow|deny)|\bfrom [\w.-]{1,64} \(|(?:送信元|送信先|接続元|接続先|アクセス元|発信元)(?:ip)?[:は]?|\b(?:src|dst|addr|rhost|remote|peer|x-forwarded-for|for)[=:]) ?[[("]?$/i;
/** A server's version may stand in the next sentence. */
const WORD_REACH = 80;
/** Common Log Format: the client's address, two words, then the time in brackets. */
const LOG_LINE_AFTER = /^ \S{1,64} \S{1,64} \[[0-9]{2}\//;

/** IP addresses. Four numbers with dots may as well be a version: only where something says so are they more than a hint. */
export const ipAddress: Detector = {
  id: 'ip-address',
  scan(window, report) {
    const { text } = window;
    const add = (start: number, value: string): void => {
      report.match({ start, value, ...judge(window, start, value) });
    };
    if (window.groups.hasJoint('.')) for (const found of text.matchAll(VERSION_4)) add(found.index, found[0]);
    if (!text.includes('::') && !/(?:[0-9a-f]{1,4}:){7}/i.test(text)) return;
    for (const found of text.matchAll(VERSION_6)) if (isVersion6(found[0])) add(found.index, found[0].toLowerCase());
  },
  mask: (value) => (value.includes(':') ? `${firstGroup(value)}:****` : `${firstGroup(value)}.*.*.*`),
};

function judge(window: TextWindow, start: number, value: string): { confidence: Confidence; reasons: Reason[] } {
  const before = window.text.slice(Math.max(0, start - 80), start);
  if (VERSION_BEFORE.test(before)) return { confidence: 'low', reasons: ['format', 'version-number'] };
  const end = start + value.length;
  const logged = LOG_LINE_AFTER.test(window.text.slice(end, end + 160)) || SOURCE_BEFORE.test(before);
  const explained = logged || window.isNear(IP_WORDS, start, WORD_REACH);
  if (SPECIAL.test(value))
    return { confidence: 'low', reasons: explained ? ['format', 'reserved-range', 'context-word'] : ['format', 'reserved-range'] };
  return explained ? { confidence: 'medium', reasons: ['format', 'context-word'] } : { confidence: 'low', reasons: ['format'] };
}

function firstGroup(value: string): string {
  return (value.split(/[.:]/)[0] ?? '').slice(0, 4);
}

function isVersion6(written: string): boolean {
  const groups = written.split(':').filter((group) => group !== '').length;
  const gaps = written.split('::').length - 1;
  return gaps === 1 ? groups < 8 : gaps === 0 && groups === 8;
}
