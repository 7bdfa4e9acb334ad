import { continuesIdentifier, FULL_STOP, HYPHEN, isDigit, isIdentifier, PLUS, SPACE } from './characters.ts';
import { digit, isCorporateNumber, isDriversLicense, isIssued, isMyNumber, passesLuhn } from './check-digits.ts';
import { groupLength, groupStart, isJoint, jointBeforeGroup, readGroups, readWideGroups } from './groups.ts';
import { CORPORATE_NUMBER, CREDIT_CARD, DRIVERS_LICENSE, MY_NUMBER, PHONE, US_SSN } from './kinds.ts';
import { letteredBefore, machineReadableLine } from './lettered.ts';
import { byteAt } from './memory.ts';
import { emit, miss } from './output.ts';
import { wideDigitLength } from './wide.ts';

const LETTER_T: i32 = 0x54;
const LETTER_L: i32 = 0x6c;
const LETTER_X: i32 = 0x78;
const EQUALS: i32 = 0x3d;
const PERCENT: i32 = 0x25;

/** `end` is behind the last of four or more ASCII digits. */
export function numberEndingAt(end: i32): void {
  const groups: i32 = readGroups(end);
  if (groupLength(0) === 7) machineReadableLine(groupStart(0));
  judge(groups, end);
  if (groups > 3) judgeLongCard(end);
}

/** `end` is behind a digit of a number with full-width digits or dashes. */
export function wideNumberEndingAt(end: i32): void {
  if (wideDigitLength(end) === 0) judge(readWideGroups(end), end);
}

function judge(groups: i32, end: i32): void {
  if (isIdentifier(byteAt(end)) || byteAt(end) === EQUALS || byteAt(end) === PERCENT) return;
  const last: i32 = groupLength(0);
  if (last > 19) return;
  if (last >= 12) judgeWhole(last, end);
  else if (last === 4 && groups >= 3) judgeGrouped(groups, end);
  else if (last === 5 && groups >= 3 && groupLength(1) === 6 && groupLength(2) === 4) judgeCard(2, 15, end);
  if (last === 7 || last === 8) letteredBefore(groupStart(0), end);
  judgePhone(groups, end);
}

/** Twelve to nineteen digits without a joint. */
function judgeWhole(length: i32, end: i32): void {
  if (length === 12) judgeTwelve(0, end);
  if (length === 13) judgeCorporate(0, end);
  if (length >= 13) judgeCard(0, length, end);
}

/** A last group of four digits. */
function judgeGrouped(groups: i32, end: i32): void {
  const second: i32 = groupLength(1);
  const third: i32 = groupLength(2);
  const fourth: i32 = groups > 3 ? groupLength(3) : 0;
  if (second === 2 && third === 3) judgeSocialSecurity(end);
  else if (second === 6 && third === 4) judgeCard(2, 14, end);
  else if (second === 4 && third === 4) {
    judgeTwelve(2, end);
    if (fourth === 1) judgeCorporate(3, end);
    if (fourth === 4) judgeCard(3, 16, end);
  }
}

/** A card of 19 digits ends in a group of three, which by itself would not be looked at. */
function judgeLongCard(end: i32): void {
  if (!isJoint(byteAt(end)) || followingDigits(end + 1, 3) !== 3) return;
  if (readGroups(end + 4) < 5 || groupLength(1) !== 4 || groupLength(2) !== 4 || groupLength(3) !== 4 || groupLength(4) !== 4) return;
  judgeCard(4, 19, end + 4);
}

function judgeTwelve(first: i32, end: i32): void {
  if (!isWhole(first, end) || touchesIdentifier(groupStart(first))) return;
  if (isMyNumber()) emit(MY_NUMBER, groupStart(first), end);
  else miss(MY_NUMBER);
  if (isDriversLicense()) emit(DRIVERS_LICENSE, groupStart(first), end);
  else miss(DRIVERS_LICENSE);
}

/** Also with the `T` of invoice registration before it. */
function judgeCorporate(first: i32, end: i32): void {
  const start: i32 = groupStart(first);
  const number: i32 = byteAt(start - 1) === LETTER_T ? start - 1 : start;
  if (!isWhole(first, end) || touchesIdentifier(number)) return;
  if (isCorporateNumber()) emit(CORPORATE_NUMBER, start, end);
  else miss(CORPORATE_NUMBER);
}

function judgeCard(first: i32, length: i32, end: i32): void {
  if (!isIssued(length) || !isWhole(first, end) || touchesIdentifier(groupStart(first))) return;
  if (passesLuhn(length)) emit(CREDIT_CARD, groupStart(first), end);
  else miss(CREDIT_CARD);
}

/** Never issued: area 000, 666 and 9xx, group 00, serial 0000 (SSA, 20 CFR 422.103). */
function judgeSocialSecurity(end: i32): void {
  const area: i32 = digit(8) * 100 + digit(7) * 10 + digit(6);
  if (area === 0 || area === 666 || area >= 900) return;
  if (digit(5) + digit(4) === 0 || digit(3) + digit(2) + digit(1) + digit(0) === 0) return;
  if (isWhole(2, end) && !touchesIdentifier(groupStart(2))) emit(US_SSN, groupStart(2), end);
}

/** A national number of ten digits, eleven when it is mobile or over IP, in up to three groups; also from `+81`. */
function judgePhone(groups: i32, end: i32): void {
  if (groupLength(0) < 4) return;
  let digits: i32 = 0;
  for (let group: i32 = 0; group < groups && group < 4; group++) {
    digits += groupLength(group);
    if (digits > 12) return;
    const start: i32 = groupStart(group);
    if (byteAt(start - 1) === PLUS) {
      if (digits >= 11 && digit(digits - 1) === 8 && digit(digits - 2) === 1 && isSubscriber(digits - 1, 0)) emit(PHONE, start - 1, end);
    } else if (digits >= 10 && digit(digits - 1) === 0 && isSubscriber(digits, digit(digits - 1)) && isPhoneAlone(group, end)) {
      emit(PHONE, start, end);
    }
  }
}

/** Whether a number of so many digits, the first of them `0`, written or left out behind `+81`, can be a subscriber's. */
function isSubscriber(length: i32, first: i32): boolean {
  const second: i32 = digit(length - 2);
  const third: i32 = digit(length - 3);
  if (first !== 0 || second === 0) return false;
  const mobile: boolean = third === 0 && (second === 5 || second >= 7);
  return mobile ? length === 11 : length === 10;
}

/** A letter may stand before it only when it ends `TEL` or `FAX`; a date or a longer number may not join it. */
function isPhoneAlone(first: i32, end: i32): boolean {
  const letter: i32 = byteAt(groupStart(first) - 1) | 0x20;
  if (touchesIdentifier(groupStart(first)) && letter !== LETTER_L && letter !== LETTER_X) return false;
  if (jointBeforeGroup(first) === HYPHEN) return false;
  return !(byteAt(end) === HYPHEN && isDigit(byteAt(end + 1)));
}

function touchesIdentifier(start: i32): boolean {
  return continuesIdentifier(byteAt(start - 1), byteAt(start - 2));
}

/**
 * Whether the number from group `first` on is no piece of a longer one: its joints are the same, and neighbours do not
 * go on with it. A space may also just part two columns.
 */
function isWhole(first: i32, end: i32): boolean {
  const inner: i32 = first > 0 ? jointBeforeGroup(0) : 0;
  for (let group: i32 = 1; group < first; group++) if (jointBeforeGroup(group) !== inner) return false;
  if (first > 0 && inner !== HYPHEN && inner !== SPACE && inner !== FULL_STOP) return false;
  const start: i32 = groupStart(first);
  return !goesOnBefore(first, start, inner) && !goesOnAfter(end, inner);
}

function goesOnBefore(first: i32, start: i32, inner: i32): boolean {
  const outer: i32 = byteAt(start - 1);
  if (outer === FULL_STOP) return isDigit(byteAt(start - 2));
  const joint: i32 = jointBeforeGroup(first);
  if (joint === HYPHEN) return true;
  if (joint !== SPACE || inner !== SPACE) return false;
  // Only as many digits as the last group has: "12 1234 5678 9012" is a count and a number.
  return precedingDigits(start - 1, groupLength(0)) === groupLength(0);
}

function goesOnAfter(end: i32, inner: i32): boolean {
  const outer: i32 = byteAt(end);
  if (!(outer === FULL_STOP || isJoint(outer)) || !isDigit(byteAt(end + 1))) return false;
  if (outer === FULL_STOP || outer === HYPHEN) return true;
  if (outer !== SPACE || inner !== SPACE) return false;
  return followingDigits(end + 1, groupLength(0)) === groupLength(0);
}

/** Digits before `end`, counted to one more than `most`. */
function precedingDigits(end: i32, most: i32): i32 {
  let count: i32 = 0;
  while (count <= most && isDigit(byteAt(end - count - 1))) count++;
  return count;
}

function followingDigits(start: i32, most: i32): i32 {
  let count: i32 = 0;
  while (count <= most && isDigit(byteAt(start + count))) count++;
  return count;
}
