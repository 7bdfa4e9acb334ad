import type { Detector } from '../detector.ts';

const HEADER = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[0-9A-Z]{58}|PuTTY-User-Key-File-[23]: /g;
const BODY_REACH = 400;
/** A line of base64 such as every PEM body has; prose about keys has none. */
const BODY = /[A-Za-z0-9+/]{32}/;

/** Private keys: PEM (PKCS#1, PKCS#8, SEC 1, OpenSSH, OpenPGP), age identities, PuTTY. */
export const privateKey: Detector = {
  id: 'secret.private-key',
  scan({ text }, report) {
    for (const found of text.matchAll(HEADER)) {
      const whole = found[0].startsWith('AGE-');
      const after = text.slice(found.index + found[0].length, found.index + found[0].length + BODY_REACH);
      const body = whole ? found[0] : (BODY.exec(after.replace(/\\n/g, '\n'))?.[0] ?? '');
      report.match({
        start: found.index,
        value: `${kind(found[0])} ${body}`,
        confidence: body === '' ? 'low' : 'high',
        reasons: ['format'],
      });
    }
  },
  mask: (value) => `${value.slice(0, value.indexOf(' '))} ****`,
};

function kind(header: string): string {
  if (header.startsWith('AGE-')) return 'age';
  if (header.startsWith('PuTTY')) return 'putty';
  return /BEGIN ([A-Z0-9]+) PRIVATE|BEGIN (PGP)/.exec(header)?.[1]?.toLowerCase() ?? 'pem';
}
