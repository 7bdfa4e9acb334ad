import { expect, it } from 'vitest';
import { isUnderKnownDomain } from '../../../src/core/detect/top-level-domains.ts';

it.each(['kaisha.co.jp', 'example.com', 'mail.toyota', 'a.b.cd.uk', 'firma.xn--p1ai'])('knows the top of %s', (domain) => {
  expect(isUnderKnownDomain(domain)).toBe(true);
});

it.each(['s.qy', 'zi.lgbm', 'x.com', 'kaisha.x.jp', 'com', '', 'jp.'])('does not take %s for the domain of a mailbox', (domain) => {
  expect(isUnderKnownDomain(domain)).toBe(false);
});
