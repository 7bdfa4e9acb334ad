import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { glanceTwelveDigits, scanTwelveDigits } from './twelve-digits.ts';

/** 個人番号 (マイナンバー). */
export const myNumber: Detector = {
  id: 'jp.my-number',
  identifies: 'document',
  scan: (window, report) => scanTwelveDigits('my-number', window, report),
  glance: glanceTwelveDigits,
  mask: (value) => keepEnds(value, 2, 2),
};
