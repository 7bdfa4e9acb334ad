/** What stands in a password's place and is none: placeholders, code, and accounts of documentation. */

/** What stands there in templates, examples and code that reads a password from elsewhere. */
const PLACEHOLDER =
  /^(?::?\*+|x+|\.+|-+|_+|\$.*|%.*|\{.*|\[.*|\(.*|-?anonymous@?|guest|fred|secret(?:[-_]?[0-9]{1,3}|\$.*)|pass[0-9]{1,3}|correct-?horse-?battery-?staple|(?:proxy|user|my|test|db|foo|dummy)[-_]?pass(?:word|wd)?|null|none|undefined|true|false|string|changeme|pass|passwd|example|your.*|my_?password|process\..*|os\..*|env.*|config.*|req\..*|self\..*|this\..*|get.*|input.*|form\..*|必須|任意|入力.*|こちら.*|別途.*|以下.*)$/i;
/** Words about a secret, joined: `secret`, `my-secret-password`, `real-secret-6-levels`. */
const OF_A_SECRET = /^(?:[a-z]{1,12}[-_.])*(?:secret|password|passphrase)(?:[-_.](?:[a-z]{1,12}|[0-9]{1,3}))*$/i;
/** The next label, where the value is left empty. */
const NEXT_LABEL = /pass(?:word|wd|phrase)?:$/i;
/** Names of the parts of a form: `password => "TextInput"`. */
const CLASS_NAME = /^[A-Z][A-Za-z]*(?:Input|Field|Type|Box|Widget|Control|Element|Component)$/;
/** Padded, as nearly all such text is; without padding any word is base64. */
const BASE64 = /^[A-Za-z0-9+/]{6,62}={1,2}$/;
const PRINTABLE = /^[ -~]+$/;

/** Code that has the value elsewhere: members, elements, negations, references, numbers of registers, arguments in a backtrace. */
const EXPRESSION = /^(?:0x[0-9a-f]+$|!\$?[a-z_]+$|\\|[*&][a-z_]+$|\$?[a-z_][\w$]*(?:\[|\??\.[a-z_$]|@entry=))/i;
/** Behind a value without quotes: it is an operand. */
const OPERATOR_AFTER = /^ ?(?:\|\||&&|\?\?|[!=]==?|\?(?= ))/;
/** A member with a number before the value: `MULTILINE:4096,PASSWORD:8192,` */
const ENUMERATION_BEFORE = /[A-Za-z_]:[0-9]{1,10},$/;

/** Hosts of documentation (RFC 2606) and of templates. */
const SAMPLE_HOST =
  /^(?:[\w*-]+\.)*(?:example\.(?:com|net|org|jp|co\.jp)|[\w-]+\.(?:example|test|invalid)|company\.com|proxyhost|proxy|host(?:name)?|domain(?:\.com)?)(?![\w.-])/i;
const THIS_MACHINE = /^(?:localhost|127\.0\.0\.1|\[::1\])(?![\w.-])/i;
const END_OF_ADDRESS = /[\s"'`(<>]/;
const SCHEME = /^[a-z]{1,12}:\/\//i;

export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || OF_A_SECRET.test(value) || NEXT_LABEL.test(value) || CLASS_NAME.test(value) || isEncodedSample(value);
}

/** A placeholder, or a sentence on passwords, in base64 (RFC 4648): `cGFzc3dvcmQ=`. */
function isEncodedSample(value: string): boolean {
  if (!BASE64.test(value) || value.length % 4 !== 0) return false;
  const text = atob(value);
  return PRINTABLE.test(text) && (PLACEHOLDER.test(text) || OF_A_SECRET.test(text) || / .*pass/i.test(text));
}

export function isExpression(value: string): boolean {
  return EXPRESSION.test(value);
}

/** A value without quotes between what stands around it: an operand, a member of an enumeration, or the name that it is given to. */
export function isOperand(value: string, name: string, before: string, after: string): boolean {
  if (OPERATOR_AFTER.test(after)) return true;
  if (/^[0-9]+$/.test(value) && ENUMERATION_BEFORE.test(before)) return true;
  return name.length > 0 && value.startsWith(name);
}

export function isSampleHost(host: string): boolean {
  return SAMPLE_HOST.test(host);
}

/** In the query of an address of documentation, or of this machine: someone tries something out. */
export function isSampleQuery(before: string): boolean {
  let from = before.length;
  while (from > 0 && !END_OF_ADDRESS.test(before[from - 1] ?? '')) from--;
  const query = before.indexOf('?', from);
  if (query < 0) return false;
  const host = before.slice(from, query).replace(SCHEME, '');
  return SAMPLE_HOST.test(host) || THIS_MACHINE.test(host);
}
