// Apart from the schemas: what inspects files needs the names and starts without zod.

/** Detector ids that ship with the product; a policy may add its own under `custom.`. */
export const DETECTOR_IDS = [
  'jp.my-number',
  'jp.corporate-number',
  'jp.drivers-license',
  'jp.passport',
  'jp.residence-card',
  'jp.pension-number',
  'jp.health-insurance',
  'jp.phone',
  'jp.address',
  'jp.bank-account',
  'jp.person-name',
  'credit-card',
  'iban',
  'us.ssn',
  'email',
  'ip-address',
  'date-of-birth',
  'secret.aws',
  'secret.github',
  'secret.google',
  'secret.slack',
  'secret.private-key',
  'secret.jwt',
  'secret.password',
  'keyword.confidential',
] as const;

/** From the least certain. */
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
