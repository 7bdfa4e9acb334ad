import { CLOSING, FULL_STOP, HYPHEN, isDigit, OPENING, SPACE } from './characters.ts';
import { DIGITS, GROUP_JOINTS, GROUP_LENGTHS, GROUP_STARTS } from './layout.ts';
import { byteAt, setByte, setWord, wordAt } from './memory.ts';
import { digitBefore, jointBefore } from './wide.ts';

/** The longest card number has 19 digits; a longer run is no number that is looked for. */
const LONGEST_GROUP: i32 = 20;
const MOST_GROUPS: i32 = 5;
const LINE_FEED: i32 = 0x0a;

/**
 * Groups of digits with one joint between each two, read from right to left: a rule is tried where its number ends, so
 * each number is found once, and by looking at no more than its own bytes.
 */
export function groupLength(group: i32): i32 {
  return byteAt(GROUP_LENGTHS + group);
}

export function groupStart(group: i32): i32 {
  return wordAt(GROUP_STARTS + group * 4);
}

/** What stands before this group and joins it with the next on the left, as its ASCII character; else 0. */
export function jointBeforeGroup(group: i32): i32 {
  return byteAt(GROUP_JOINTS + group);
}

function endGroup(group: i32, length: i32, start: i32, joint: i32): void {
  setByte(GROUP_LENGTHS + group, length);
  setByte(GROUP_JOINTS + group, joint);
  setWord(GROUP_STARTS + group * 4, start);
}

/** No number has more than 32 digits: what stands further left is counted, not kept. */
function addDigit(place: i32, value: i32): void {
  if (place < 32) setByte(DIGITS + place, value);
}

export function isJoint(byte: i32): boolean {
  return byte === HYPHEN || byte === SPACE || byte === OPENING || byte === CLOSING || byte === FULL_STOP;
}

/** A hyphen ends the line before `at`. */
export function isLineBroken(at: i32): boolean {
  return byteAt(at - 1) === LINE_FEED && byteAt(at - 2) === HYPHEN;
}

/** Reads the groups that end before `end` and returns their number. */
export function readGroups(end: i32): i32 {
  let at: i32 = end;
  let digits: i32 = 0;
  let group: i32 = 0;
  while (group < MOST_GROUPS) {
    let length: i32 = 0;
    while (length < LONGEST_GROUP && isDigit(byteAt(at - 1))) {
      at--;
      addDigit(digits, byteAt(at) - 0x30);
      digits++;
      length++;
    }
    const broken: boolean = isLineBroken(at);
    const joins: boolean = broken ? isDigit(byteAt(at - 3)) : isJoint(byteAt(at - 1)) && isDigit(byteAt(at - 2));
    endGroup(group, length, at, joins ? (broken ? HYPHEN : byteAt(at - 1)) : 0);
    group++;
    if (!joins) break;
    at -= broken ? 2 : 1;
  }
  return group;
}

/** The same for full-width digits and dashes of UTF-8 and Shift_JIS, mixed with ASCII as people mix them. */
export function readWideGroups(end: i32): i32 {
  let at: i32 = end;
  let digits: i32 = 0;
  let group: i32 = 0;
  while (group < MOST_GROUPS) {
    let length: i32 = 0;
    let found: i32 = digitBefore(at);
    while (length < LONGEST_GROUP && found >= 0) {
      at -= found >> 4;
      addDigit(digits, found & 15);
      digits++;
      length++;
      found = digitBefore(at);
    }
    const joint: i32 = jointBefore(at);
    const joins: boolean = joint !== 0 && digitBefore(at - (joint >> 8)) >= 0;
    endGroup(group, length, at, joins ? joint & 0xff : 0);
    group++;
    if (!joins) break;
    at -= joint >> 8;
  }
  return group;
}
