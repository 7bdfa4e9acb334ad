import type { PolicyRelease } from '../../src/contracts/policy.ts';
import { draftRelease, envelopeText, signRelease } from '../../src/policy/index.ts';

export const NOW = new Date('2026-11-22T00:00:00.000Z');
export const DAY = 86_400_000;
export const later = (days: number): Date => new Date(NOW.getTime() + days * DAY);

export const SOURCE = `format: sekisho-policy/1
name: office
title: { ja: 事務所, en: Office }
rules: [] # everything is recorded
`;

export const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

export function release(changes: Partial<PolicyRelease> = {}): PolicyRelease {
  const draft = draftRelease({ source: SOURCE, version: 1, recipients: [RECIPIENT], now: NOW, validMillis: 30 * DAY });
  if (!draft.ok) throw new Error('the fixture policy has mistakes');
  return { ...draft.value.release, ...changes };
}

export function signed(privateKeyPem: string, changes: Partial<PolicyRelease> = {}): string {
  return envelopeText(signRelease({ release: release(changes), privateKeyPem }));
}
