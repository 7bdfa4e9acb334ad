import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector } from '../detector.ts';
import type { Reason } from '../reason.ts';
import { keepEnds } from '../masks.ts';

interface Judged {
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
}

const ISSUED: Judged = { confidence: 'high', reasons: ['format'] };
const PLACEHOLDER: Judged = { confidence: 'low', reasons: ['format', 'placeholder'] };
/** Bytes; of the tokens looked at without reading, most are shorter. */
const LONGEST_GLANCE = 128;
const TOKEN_BEFORE = /[A-Za-z0-9_.-]$/;
const EXAMPLE = /EXAMPLE|xxxx|XXXX|0{12}|(?:^|[^a-z])your[_-]/;

/** Tokens that their issuers made easy to find: a fixed prefix, which must be in the text at all, and a fixed alphabet. */
function tokenDetector(id: string, prefixes: RegExp, pattern: RegExp, judge: (token: string) => Judged = () => ISSUED): Detector {
  return {
    id,
    scan({ text }, report) {
      if (!prefixes.test(text)) return;
      for (const found of text.matchAll(pattern)) {
        report.match({ start: found.index, value: found[0], ...(EXAMPLE.test(found[0]) ? PLACEHOLDER : judge(found[0])) });
      }
    },
    glance(sight) {
      const text = sight.ahead(LONGEST_GLANCE);
      pattern.lastIndex = 0;
      const found = pattern.exec(text);
      // A longer token, or one that begins before what pointed to it.
      if (found === null || found.index > 0 || found[0].length >= LONGEST_GLANCE - 1) return undefined;
      if (TOKEN_BEFORE.test(sight.before) || sight.touchesWide) return undefined;
      return { value: found[0], ...(EXAMPLE.test(found[0]) ? PLACEHOLDER : judge(found[0])) };
    },
    mask: (value) => keepEnds(value, 4, 0),
  };
}

export const githubToken = tokenDetector(
  'secret.github',
  /gh[pousr]_|github_pat_/,
  /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9_])/g,
);
export const googleKey = tokenDetector(
  'secret.google',
  /AIza|GOCSPX-|ya29\./,
  /(?<![A-Za-z0-9_-])(?:AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,500})(?![A-Za-z0-9_-])/g,
);
/** Every issued token holds the numbers of its team or app; words alone are a template. */
export const slackToken = tokenDetector(
  'secret.slack',
  /xox[abeoprs]|xapp-|hooks\.slack\.com/,
  /(?<![A-Za-z0-9])(?:xoxe\.)?xox[abeoprs]-[A-Za-z0-9-]{20,250}(?![A-Za-z0-9])|(?<![A-Za-z0-9])xapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,14}-[A-Za-z0-9]{32,80}|hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}/g,
  (token) => (token.startsWith('hooks') || /[0-9]/.test(token.slice(5)) ? ISSUED : PLACEHOLDER),
);
/** RFC 7519 in compact form: both header and claims begin with `{"`, which base64url writes `eyJ`. */
export const jsonWebToken = tokenDetector(
  'secret.jwt',
  /eyJ/,
  // Claims may be longer than what is read around them.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,400}\.eyJ(?:[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{20,1400}|[A-Za-z0-9_-]{700,}(?:\.[A-Za-z0-9_-]*)?$)/g,
  judgeJsonWebToken,
);

/** The claims of the sample on jwt.io, which is in every tutorial: `{"sub":"1234567890","name":"John Doe"`. */
const SAMPLE_CLAIMS = '.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l';
/** `{"some":"payload"}`, of the documentation of PyJWT. */
const SAMPLE_PAYLOAD = '.eyJzb21lIjoicGF5bG9hZCJ9.';

function judgeJsonWebToken(token: string): Judged {
  if (token.includes(SAMPLE_CLAIMS) || token.includes(SAMPLE_PAYLOAD))
    return { confidence: 'low', reasons: ['format', 'known-test-value'] };
  return namesAlgorithm(token.slice(0, token.indexOf('.'))) ? ISSUED : { confidence: 'medium', reasons: ['format'] };
}

/** RFC 7515 section 4.1.1: the header must say which algorithm signed it. */
function namesAlgorithm(header: string): boolean {
  try {
    return /"alg"\s*:/.test(atob(header.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return false;
  }
}
