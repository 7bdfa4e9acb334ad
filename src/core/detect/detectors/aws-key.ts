import type { Detector, Match } from '../detector.ts';
import { keepEnds } from '../masks.ts';

const ACCESS_KEY_ID = /(?<![A-Z0-9])A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Z0-9])/g;
const WHOLE_KEY_ID = /^A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Z0-9])/;
const SECRET_NAME = /aws_?secret_?(?:access_?)?key|secret_?access_?key|aws_?secret/gi;
const SECRET_AFTER_NAME = /[^\n]{0,20}?[=:]\s{0,4}["']?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/y;
/** As in Amazon's own documentation. */
const EXAMPLE = /EXAMPLE|XXXX/;

/** AWS access key ids (long-term `AKIA`, temporary `ASIA`) and secret access keys beside their name. */
export const awsKey: Detector = {
  id: 'secret.aws',
  scan({ text }, report) {
    for (const found of text.matchAll(ACCESS_KEY_ID)) report.match({ start: found.index, ...verdict(found[0], false) });
    for (const name of text.matchAll(SECRET_NAME)) {
      SECRET_AFTER_NAME.lastIndex = name.index + name[0].length;
      const secret = SECRET_AFTER_NAME.exec(text)?.[1];
      if (secret !== undefined) report.match({ start: name.index, ...verdict(secret, true) });
    }
  },
  glance(sight) {
    if (sight.written !== 'AKIA' && sight.written !== 'ASIA') return undefined;
    const value = WHOLE_KEY_ID.exec(sight.ahead(21))?.[0];
    if (value === undefined) return 'nothing';
    return /[A-Z0-9]$/.test(sight.before) || sight.touchesWide ? undefined : verdict(value, false);
  },
  mask: (value) => keepEnds(value, 4, 0),
};

function verdict(value: string, named: boolean): Omit<Match, 'start'> {
  const example = EXAMPLE.test(value);
  return {
    value,
    confidence: example ? 'low' : 'high',
    reasons: ['format', ...(named ? (['context-word'] as const) : []), ...(example ? (['placeholder'] as const) : [])],
  };
}
