import type { Detector, Match } from '../detector.ts';
import { keepEnds } from '../masks.ts';

const ACCESS_KEY_ID = /(?<![A-Z0-9])A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Z0-9])/g;
const WHOLE_KEY_ID = /^A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Z0-9])/;
const SECRET_NAME = /aws_?secret_?(?:access_?)?key|secret_?access_?key|aws_?secret/gi;
const SECRET_AFTER_NAME = /[^\n]{0,20}?(?:[=:]|[ \t])\s{0,4}["']?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/y;
/** A secret beside its key id needs no name: rows of Amazon's own download, Terraform, notes. A hash has no capitals. */
const SECRET =
  /(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]{0,39}[a-z])(?=[A-Za-z0-9+/]{0,39}[A-Z])(?=[A-Za-z0-9+/]{0,39}[0-9])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g;
const SECRET_REACH = 200;
/** The same in bytes, of characters with up to three. */
const SECRET_REACH_BYTES = 600;
const SECRET_LENGTH = 40;
const KEY_ID_LENGTH = 20;
const FIRST_ABOVE_ASCII = 0x80;
/** As in Amazon's own documentation. */
const EXAMPLE = /EXAMPLE|XXXX/;

/** AWS access key ids (long-term `AKIA`, temporary `ASIA`) and secret access keys beside their name. */
export const awsKey: Detector = {
  id: 'secret.aws',
  scan({ text }, report) {
    const secrets = new Set<string>();
    const addSecret = (start: number, secret: string): void => {
      if (!secrets.has(secret)) report.match({ start, ...verdict(secret, true) });
      secrets.add(secret);
    };
    for (const name of text.matchAll(SECRET_NAME)) {
      SECRET_AFTER_NAME.lastIndex = name.index + name[0].length;
      const secret = SECRET_AFTER_NAME.exec(text)?.[1];
      if (secret !== undefined) addSecret(name.index, secret);
    }
    for (const found of text.matchAll(ACCESS_KEY_ID)) {
      report.match({ start: found.index, ...verdict(found[0], false) });
      const from = Math.max(0, found.index - SECRET_REACH);
      for (const secret of text.slice(from, found.index + SECRET_REACH).matchAll(SECRET)) addSecret(from + secret.index, secret[0]);
    }
  },
  glance(sight) {
    if (sight.written !== 'AKIA' && sight.written !== 'ASIA') return undefined;
    const ahead = sight.ahead(KEY_ID_LENGTH + 1);
    if (!WHOLE_KEY_ID.test(ahead)) return 'nothing';
    if (ahead.charCodeAt(KEY_ID_LENGTH) >= FIRST_ABOVE_ASCII || /[A-Z0-9]$/.test(sight.before) || sight.touchesWide) return undefined;
    // Its secret may stand beside it.
    return sight.hasTokenNear(SECRET_LENGTH, SECRET_REACH_BYTES) ? undefined : verdict(ahead.slice(0, KEY_ID_LENGTH), false);
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
