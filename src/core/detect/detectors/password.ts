import type { Detector } from '../detector.ts';
import { stars } from '../masks.ts';

const ASSIGNED =
  /(?:password|passwd|pwd|passphrase|パスワード|暗証番号)["']?[ ]{0,3}(?:[:=]|は|=>)[ ]{0,3}(["'`「]?)([^\s"'`」,;<>]{4,64})/gi;
/** What stands there in templates, examples and code that reads a password from elsewhere. */
const PLACEHOLDER =
  /^(?:\*+|x+|\.+|-+|_+|\$.*|%.*|\{.*|\[.*|\(.*|null|none|undefined|true|false|string|changeme|password|passwd|example|secret|your.*|my_?password|process\..*|os\..*|env.*|config.*|req\..*|self\..*|this\..*|get.*|input.*|必須|任意|入力.*|こちら.*|別途.*|以下.*)$/i;

/** Passwords beside their name: `password = ...`, `パスワード: ...`. What follows cannot be checked, so never more than medium. */
export const password: Detector = {
  id: 'secret.password',
  scan({ text }, report) {
    for (const found of text.matchAll(ASSIGNED)) {
      const value = found[2] ?? '';
      if (PLACEHOLDER.test(value) || /\(|\)$/.test(value)) continue;
      const literal = found[1] !== '' || /\d/.test(value);
      report.match({ start: found.index, value, confidence: literal ? 'medium' : 'low', reasons: ['label'] });
    }
  },
  // Not even its first character or its length: both help a guess.
  mask: () => stars(8),
};
