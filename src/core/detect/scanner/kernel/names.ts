import { shiftJisAddressFrom, shiftJisPrefectureAt } from './addresses.ts';
import { PERSON_NAME } from './kinds.ts';
import { LONGEST_RUN, READS_SHIFT_JIS, RUN_ENDS, RUN_UNITS } from './layout.ts';
import { byteAt, setWord, wordAt } from './memory.ts';
import { emit } from './output.ts';
import {
  classOf,
  isShiftJisPair,
  isSpaceUnit,
  PAIR_FAMILY,
  PAIR_FAMILY_OF_THREE,
  PAIR_GIVEN_KANA,
  pairOf,
  UNIT_FAMILY,
  UNIT_GIVEN,
  UNIT_GIVEN_FIRST,
  UNIT_GIVEN_LAST,
  UNIT_HAN,
  UNIT_HONORIFIC,
  UNIT_KANA,
  UNIT_TITLE,
  unitAt,
  unitLength,
} from './units.ts';

/** How far before a place its encoding is told by. */
const ENCODING_REACH: i32 = 24;
const FAMILY_LONGEST: i32 = 3;
const GIVEN_LONGEST: i32 = 3;

/** A run of Han characters in UTF-8 may begin at a byte E4 to E9. */
export function nameAt(start: i32): void {
  if (!mayBegin(start, false) || (classOf(unitAt(start - 3, false)) & UNIT_HAN) !== 0) return;
  nameInRun(start, false);
}

/** A Han character of Shift_JIS begins at `start`, where nothing around is UTF-8: of a municipality, or of a name's run. */
export function shiftJisHanAt(start: i32): void {
  if (wordAt(READS_SHIFT_JIS) === 0) return;
  const first: i32 = unitAt(start, true);
  if ((classOf(first) & UNIT_HAN) === 0) return;
  const name: boolean = mayBegin(start, true) && !followsShiftJisHan(start);
  const prefecture: boolean = (first & 0xffff) === 0x770c;
  if ((!name && !prefecture && !isMunicipality(first)) || !isShiftJis(start)) return;
  if (isMunicipality(first)) shiftJisAddressFrom(start);
  if (prefecture) shiftJisPrefectureAt(start);
  if (name) nameInRun(start, true);
}

/** 市, 区 or 郡. */
function isMunicipality(found: i32): boolean {
  const unit: i32 = found & 0xffff;
  return unit === 0x5e02 || unit === 0x533a || unit === 0x90e1;
}

/** A cheap look before the dearer ones: whether a name may begin the run, or stand in it behind titles. */
function mayBegin(start: i32, shiftJis: boolean): boolean {
  let at: i32 = start;
  for (let skip: i32 = 0; skip <= LONGEST_RUN; skip++) {
    const first: i32 = unitAt(at, shiftJis);
    if ((classOf(first) & UNIT_HAN) === 0) return false;
    if (mayBeginName(first, at + unitLength(first), shiftJis)) return true;
    if ((classOf(first) & UNIT_TITLE) === 0) return false;
    at += unitLength(first);
  }
  return false;
}

/**
 * Most runs are two or three characters that begin no listed name and go on in kana: an unlisted one is a name only before
 * a space, or by the characters of its given name.
 */
function mayBeginName(first: i32, behind: i32, shiftJis: boolean): boolean {
  if ((classOf(first) & UNIT_FAMILY) !== 0) return true;
  const second: i32 = unitAt(behind, shiftJis);
  if ((classOf(second) & UNIT_HAN) === 0) return isSpaceUnit(second);
  if ((pairOf(first, second) & (PAIR_FAMILY | PAIR_FAMILY_OF_THREE)) !== 0) return true;
  const at: i32 = behind + unitLength(second);
  const third: i32 = unitAt(at, shiftJis);
  if ((classOf(third) & UNIT_HAN) === 0) return isSpaceUnit(third);
  return (classOf(third) & UNIT_GIVEN_FIRST) !== 0 || isSpaceUnit(unitAt(at + unitLength(third), shiftJis));
}

/** Whether the two bytes before are a Han character, and not the second half of one and a letter. */
function followsShiftJisHan(start: i32): boolean {
  const second: i32 = byteAt(start - 1);
  return second >= 0x80 && isShiftJisPair(byteAt(start - 2), second) && (classOf(unitAt(start - 2, true)) & UNIT_HAN) !== 0;
}

/** Whether some byte from `ENCODING_REACH` before to one behind is out of place in UTF-8, and the bytes in hand are to be read so. */
export function isShiftJis(at: i32): boolean {
  if (wordAt(READS_SHIFT_JIS) === 0) return false;
  for (let place: i32 = at + 1; place >= at - ENCODING_REACH; place--) {
    const continues: boolean = (byteAt(place) & 0xc0) === 0x80;
    const expected: boolean = byteAt(place - 1) >= 0xc0 || byteAt(place - 2) >= 0xe0 || byteAt(place - 3) >= 0xf0;
    if (continues !== expected) return true;
  }
  return false;
}

/** A name begins a run of Han characters, or stands in it behind titles. */
function nameInRun(start: i32, shiftJis: boolean): void {
  let length: i32 = 0;
  let at: i32 = start;
  let found: i32 = unitAt(at, shiftJis);
  while (length <= LONGEST_RUN && (classOf(found) & UNIT_HAN) !== 0) {
    at += unitLength(found);
    setWord(RUN_UNITS + length * 4, found);
    setWord(RUN_ENDS + length * 4, at);
    length++;
    found = unitAt(at, shiftJis);
  }
  if (length > LONGEST_RUN) return;
  for (let skip: i32 = 0; skip < length; skip++) {
    const end: i32 = nameEnd(skip, length, shiftJis);
    if (end !== 0) {
      emit(PERSON_NAME, skip === 0 ? start : wordAt(RUN_ENDS + (skip - 1) * 4), end);
      return;
    }
    if ((classOf(unitOf(skip)) & UNIT_TITLE) === 0) return;
  }
}

function unitOf(place: i32): i32 {
  return wordAt(RUN_UNITS + place * 4);
}

/** Where the name from `first` on ends in the run or behind it, or 0. */
function nameEnd(first: i32, length: i32, shiftJis: boolean): i32 {
  const size: i32 = length - first;
  const end: i32 = wordAt(RUN_ENDS + (length - 1) * 4);
  const begins: i32 = size > 1 ? pairOf(unitOf(first), unitOf(first + 1)) : 0;
  const families: i32 =
    ((classOf(unitOf(first)) & UNIT_FAMILY) !== 0 ? 1 : 0) |
    ((begins & PAIR_FAMILY) !== 0 ? 2 : 0) |
    ((begins & PAIR_FAMILY_OF_THREE) !== 0 && size > 2 ? 4 : 0);
  for (let family: i32 = 1; family <= FAMILY_LONGEST; family++) {
    if (((families >> (family - 1)) & 1) === 0) continue;
    if (size === family) return givenBehind(end, size > 1, shiftJis);
    if (isGivenInRun(first + family, length)) return end;
  }
  return isAddressed(first, length, end, shiftJis);
}

/** The rest of the run from `first` on is a given name, perhaps with an honorific. */
function isGivenInRun(first: i32, length: i32): boolean {
  if (isGiven(first, length)) return true;
  const last: i32 = length - 1;
  if (last <= first || (classOf(unitOf(last)) & UNIT_HONORIFIC) === 0) return false;
  return isGiven(first, last) || (last - 1 > first && isGiven(first, last - 1));
}

/** Whether the units from `first` to `end` may be a given name. */
function isGiven(first: i32, end: i32): boolean {
  if (end - first > GIVEN_LONGEST) return false;
  if (end - first === 1) return (classOf(unitOf(first)) & UNIT_GIVEN) !== 0;
  return (classOf(unitOf(first)) & UNIT_GIVEN_FIRST) !== 0 && (classOf(unitOf(end - 1)) & UNIT_GIVEN_LAST) !== 0;
}

/** Behind a family name, apart or in kana, stands a given name: where it ends, or 0. */
function givenBehind(at: i32, mayJoin: boolean, shiftJis: boolean): i32 {
  const next: i32 = unitAt(at, shiftJis);
  const apart: boolean = isSpaceUnit(next);
  if (!apart && !mayJoin) return 0;
  const start: i32 = apart ? at + unitLength(next) : at;
  const first: i32 = unitAt(start, shiftJis);
  const middle: i32 = start + unitLength(first);
  const second: i32 = unitAt(middle, shiftJis);
  if ((classOf(first) & UNIT_KANA) !== 0) {
    return (pairOf(first, second) & PAIR_GIVEN_KANA) !== 0 || (apart && isAddressedKana(start, shiftJis)) ? middle + unitLength(second) : 0;
  }
  return apart ? givenHan(start, shiftJis) : 0;
}

/** Up to four kana, then an honorific. */
function isAddressedKana(start: i32, shiftJis: boolean): boolean {
  let at: i32 = start;
  for (let count: i32 = 0; count < 5; count++) {
    if (count > 1 && isHonorific(at, shiftJis)) return true;
    const found: i32 = unitAt(at, shiftJis);
    if ((classOf(found) & UNIT_KANA) === 0) return false;
    at += unitLength(found);
  }
  return false;
}

/** A run of up to three Han characters that may be a given name, or is addressed: its end, or 0. */
function givenHan(start: i32, shiftJis: boolean): i32 {
  let at: i32 = start;
  let last: i32 = 0;
  let before: i32 = 0;
  let length: i32 = 0;
  const first: i32 = unitAt(start, shiftJis);
  for (let found: i32 = first; length < 6 && (classOf(found) & UNIT_HAN) !== 0; found = unitAt(at, shiftJis)) {
    at += unitLength(found);
    before = last;
    last = found;
    length++;
  }
  if (length === 0 || length > 5) return 0;
  if ((classOf(last) & UNIT_HONORIFIC) !== 0 && length > 1) return at;
  if (length > GIVEN_LONGEST) return 0;
  if (isHonorific(at, shiftJis) || before === 0) return isHonorific(at, shiftJis) || (classOf(first) & UNIT_GIVEN) !== 0 ? at : 0;
  return (classOf(first) & UNIT_GIVEN_FIRST) !== 0 && (classOf(last) & UNIT_GIVEN_LAST) !== 0 ? at : 0;
}

/** A whole name that is in no list, before an honorific: the end of its given name, or 0. */
function isAddressed(first: i32, length: i32, end: i32, shiftJis: boolean): i32 {
  const size: i32 = length - first;
  if (size <= 3) {
    const next: i32 = unitAt(end, shiftJis);
    if (isSpaceUnit(next)) {
      const start: i32 = end + unitLength(next);
      const given: i32 = (classOf(unitAt(start, shiftJis)) & UNIT_KANA) !== 0 ? 0 : givenHan(start, shiftJis);
      if (given !== 0 && first === 0 && isLabelled(wordAt(RUN_ENDS) - unitLength(unitOf(0)))) return given;
      if (given !== 0 && (isHonorific(given, shiftJis) || endsInHonorific(start, given, shiftJis))) return given;
      return given === 0 && (classOf(unitAt(start, shiftJis)) & UNIT_KANA) !== 0 && isAddressedKana(start, shiftJis) ? start : 0;
    }
    return 0;
  }
  if (size > 7) return 0;
  const inRun: boolean = (classOf(unitOf(length - 1)) & UNIT_HONORIFIC) !== 0;
  if (inRun && ((size >= 5 && isGiven(first + 2, length - 1)) || (size >= 6 && isGiven(first + 2, length - 2)))) return end;
  return size <= 5 && isGiven(first + 2, length) && isHonorific(end, shiftJis) ? end : 0;
}

/** A colon, a space or the beginning of a line before a run, as behind a label. */
function isLabelled(start: i32): boolean {
  const last: i32 = byteAt(start - 1);
  if (last === 0x3a || last === 0x20 || last === 0x09 || last === 0x0a) return true;
  const second: i32 = byteAt(start - 2);
  if (second === 0x81) return last === 0x40 || last === 0x46;
  const first: i32 = byteAt(start - 3);
  return (first === 0xe3 && second === 0x80 && last === 0x80) || (first === 0xef && second === 0xbc && last === 0x9a);
}

function endsInHonorific(start: i32, end: i32, shiftJis: boolean): boolean {
  let at: i32 = start;
  let last: i32 = 0;
  while (at < end) {
    last = unitAt(at, shiftJis);
    at += unitLength(last);
  }
  return (classOf(last) & UNIT_HONORIFIC) !== 0;
}

/** 様, 殿, 氏, 君, 先生, さん, さま, くん or ちゃん, perhaps behind a space. */
function isHonorific(at: i32, shiftJis: boolean): boolean {
  let found: i32 = unitAt(at, shiftJis);
  let next: i32 = at + unitLength(found);
  if (isSpaceUnit(found)) {
    found = unitAt(next, shiftJis);
    next += unitLength(found);
  }
  const first: i32 = found & 0xffff;
  const second: i32 = unitAt(next, shiftJis) & 0xffff;
  if (first === 0x3055) return second === 0x3093 || second === 0x307e;
  if (first === 0x304f) return second === 0x3093;
  if (first === 0x3061) return second === 0x3083;
  if (first === 0x5148) return second === 0x751f;
  return first === 0x69d8 || first === 0x6bbf || first === 0x6c0f || first === 0x541b;
}
