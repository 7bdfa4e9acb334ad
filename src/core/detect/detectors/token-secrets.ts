import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';

/** Tokens that their issuers made easy to find: a fixed prefix and a fixed alphabet. */
function tokenDetector(id: string, pattern: RegExp): Detector {
  return {
    id,
    scan({ text }, report) {
      for (const found of text.matchAll(pattern)) {
        const example = /EXAMPLE|xxxx|XXXX|0{12}/.test(found[0]);
        report.match({
          start: found.index,
          value: found[0],
          confidence: example ? 'low' : 'high',
          reasons: example ? ['format', 'known-test-value'] : ['format'],
        });
      }
    },
    mask: (value) => keepEnds(value, 4, 0),
  };
}

export const githubToken = tokenDetector(
  'secret.github',
  /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9_])/g,
);
export const googleKey = tokenDetector(
  'secret.google',
  /(?<![A-Za-z0-9_-])(?:AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,500})(?![A-Za-z0-9_-])/g,
);
export const slackToken = tokenDetector(
  'secret.slack',
  /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{20,250}(?![A-Za-z0-9])|hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}/g,
);
/** RFC 7519 in compact form: both header and claims begin with `{"`, which base64url writes `eyJ`. */
export const jsonWebToken = tokenDetector(
  'secret.jwt',
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,400}\.eyJ[A-Za-z0-9_-]{10,600}\.[A-Za-z0-9_-]{20,600}/g,
);
