import type { Detector } from '../detector.ts';
import { IP_WORDS } from './context-words.ts';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const PATTERN = new RegExp(`(?<![0-9A-Za-z.])${OCTET}(?:\\.${OCTET}){3}(?![0-9A-Za-z]|\\.[0-9])`, 'g');
/** RFC 6890: private, loopback, link-local, documentation and others that lead to nobody. */
const SPECIAL =
  /^(?:0|10|127)\.|^(?:169\.254|192\.168|192\.0\.2|198\.51\.100|203\.0\.113)\.|^172\.(?:1[6-9]|2[0-9]|3[01])\.|^(?:22[4-9]|2[3-5][0-9])\./;

/** IPv4 addresses. Four numbers with dots may as well be a version: only beside a word of networks are they more than a hint. */
export const ipAddress: Detector = {
  id: 'ip-address',
  scan(window, report) {
    for (const found of window.text.matchAll(PATTERN)) {
      const explained = window.isNear(IP_WORDS, found.index);
      report.match({
        start: found.index,
        value: found[0],
        confidence: explained && !SPECIAL.test(found[0]) ? 'medium' : 'low',
        reasons: explained ? ['format', 'context-word'] : ['format'],
      });
    }
  },
  mask: (value) => `${value.slice(0, value.indexOf('.'))}.*.*.*`,
};
