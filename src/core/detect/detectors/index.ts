import type { Detector } from '../detector.ts';
import { address } from './address.ts';
import { awsKey } from './aws-key.ts';
import { bankAccount } from './bank-account.ts';
import { confidentialKeyword } from './confidential-keyword.ts';
import { corporateNumber } from './corporate-number.ts';
import { creditCard } from './credit-card.ts';
import { dateOfBirth } from './date-of-birth.ts';
import { driversLicense } from './drivers-license.ts';
import { email } from './email.ts';
import { healthInsurance } from './health-insurance.ts';
import { iban } from './iban.ts';
import { ipAddress } from './ip-address.ts';
import { myNumber } from './my-number.ts';
import { passport } from './passport.ts';
import { password } from './password.ts';
import { pensionNumber } from './pension-number.ts';
import { personName } from './person-name.ts';
import { phone } from './phone.ts';
import { privateKey } from './private-key.ts';
import { residenceCard } from './residence-card.ts';
import { githubToken, googleKey, jsonWebToken, slackToken } from './token-secrets.ts';
import { usSocialSecurity } from './us-ssn.ts';

/** Every detector that ships, in the order of DETECTOR_IDS. */
export const DETECTORS: readonly Detector[] = [
  myNumber,
  corporateNumber,
  driversLicense,
  passport,
  residenceCard,
  pensionNumber,
  healthInsurance,
  phone,
  address,
  bankAccount,
  personName,
  creditCard,
  iban,
  usSocialSecurity,
  email,
  ipAddress,
  dateOfBirth,
  awsKey,
  githubToken,
  googleKey,
  slackToken,
  privateKey,
  jsonWebToken,
  password,
  confidentialKeyword,
];
