import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { glanceTwelveDigits, scanTwelveDigits } from './twelve-digits.ts';

/** 運転免許証番号. */
export const driversLicense: Detector = {
  id: 'jp.drivers-license',
  identifies: 'document',
  scan: (window, report) => scanTwelveDigits('drivers-license', window, report),
  glance: glanceTwelveDigits,
  mask: (value) => keepEnds(value, 2, 2),
};
