import { createHash, createPrivateKey, createPublicKey, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { generateIdentity } from '../../age/index.ts';
import { GUEST_PAGE_TYPE, guestPageDigest } from '../../contracts/medium.ts';
import { dsseEnvelope } from '../../contracts/policy.ts';
import { productRoot } from '../../node/product-root.ts';
import { openEnvelope, signEnvelope } from '../../policy/index.ts';

/** A page that opens a medium's files in a browser, and what belongs to it. */
export interface GuestPage {
  readonly html: string;
  /** age recipient: what is encrypted for it opens in the page. */
  readonly recipient: string;
  /** Told once, to whoever enrols the medium. It is kept nowhere. */
  readonly passphrase: string;
}

/** Without 0, 1, i, l and o, which are misread. 20 of them are 99 bits: nobody guesses that, so scrypt need not be slow. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';
const GROUPS = 5;
const GROUP = 4;
/** 64 MiB of memory in the guest's browser, where age's own 18 would take 256. */
const WORK_FACTOR = 16;

const newPassphrase = (): string =>
  Array.from({ length: GROUPS }, () => Array.from({ length: GROUP }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-');

/** Makes the identity, the passphrase and the page. docs/spec/media.md section 4. @throws when the reader was not built. */
export async function makeGuestPage(organisation: string, privateKeyPem: string): Promise<GuestPage> {
  const { identity, recipient } = generateIdentity();
  const passphrase = newPassphrase();
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  encrypter.setPassphrase(passphrase);
  const medium = { organisation, identity: armor.encode(await encrypter.encrypt(`${identity}\n`)) };
  const folder = join(productRoot(), 'dist/guest-reader');
  const [script, style] = await Promise.all([readFile(join(folder, 'reader.js'), 'utf8'), readFile(join(folder, 'reader.css'), 'utf8')]);
  const html = pageOf(script.replaceAll('</script', String.raw`<\/script`), style, medium);
  return { html: `${html}${trailerOf(html, privateKeyPem)}`, recipient, passphrase };
}

/** Whether the organisation made this page and nobody changed it. */
export function isGuestPage(content: Buffer, publicKeyPem: string): boolean {
  const text = content.toString('utf8');
  const start = text.lastIndexOf(TRAILER);
  if (start < 0 || !text.endsWith(TRAILER_END)) return false;
  const envelope = dsseEnvelope.safeParse(json(text.slice(start + TRAILER.length, -TRAILER_END.length)));
  if (!envelope.success || envelope.data.payloadType !== GUEST_PAGE_TYPE) return false;
  const payload = openEnvelope(envelope.data, createPublicKey(publicKeyPem));
  const digest = payload === undefined ? null : guestPageDigest.safeParse(json(payload.toString('utf8')));
  return digest?.success === true && digest.data.sha256 === sha256(text.slice(0, start));
}

const TRAILER = '<!--';
const TRAILER_END = '-->\n';

function trailerOf(html: string, privateKeyPem: string): string {
  const payload = Buffer.from(JSON.stringify(guestPageDigest.parse({ format: 'sekisho-guest-page/1', sha256: sha256(html) })));
  return `${TRAILER}${JSON.stringify(signEnvelope(GUEST_PAGE_TYPE, payload, createPrivateKey(privateKeyPem)))}${TRAILER_END}`;
}

/** The policy names the two texts by their hashes: nothing else runs, and nothing can be fetched or sent. */
function pageOf(script: string, style: string, medium: object): string {
  const policy = `default-src 'none'; script-src '${source(script)}'; style-src '${source(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Sekisho</title>
<style>${style}</style>
<body>
<noscript>JavaScript を有効にしてください。 / Please allow JavaScript.</noscript>
<script type="application/json" id="medium">${JSON.stringify(medium).replaceAll('<', String.raw`\u003c`)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const source = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
