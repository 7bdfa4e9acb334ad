/**
 * Digits as written: groups with the single character between them. One pass over the text serves every detector of
 * numbers, and a number is only ever a whole run of groups, never a piece of a longer one.
 */
export interface DigitGroup {
  readonly start: number;
  readonly digits: string;
  /** What joins this group to the one before: one character, `|` for the boxes of a form with one digit each, or nothing. */
  readonly joint: '' | '-' | ' ' | '.' | '|';
}

export interface NumberCandidate {
  readonly start: number;
  readonly end: number;
  /** Without separators. */
  readonly digits: string;
  /** Written in groups, as the number's own form has it. */
  readonly grouped: boolean;
}

const IDENTIFIER_CHARACTER = /[A-Za-z0-9_]/;
const UUID_BEFORE_LAST_GROUP = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-$/i;
// A base64 or URL token goes on through these; a number in one is chance.
const TOKEN_NEIGHBOUR = /[A-Za-z0-9_+/=%&]/;
const LONGEST_NUMBER = 19;
/** Between the boxes of a form: rules, brackets, squares, cells, or one digit a line as in vertical writing. */
const BOX_EDGE = /^[ |│┃\t\r\n[\]()□▢]+$/;
const BROKEN_LINE = /^-(?:\r\n?|\n)$/;
const WIDEST_BOX_EDGE = 3;

export function digitGroups(text: string): DigitGroup[] {
  const groups: DigitGroup[] = [];
  const pattern = /[0-9]+/g;
  let previousEnd = -1;
  let previousLength = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [digits] = found;
    const oneDigit = previousLength === 1 && digits.length === 1;
    groups.push({ start: found.index, digits, joint: jointBetween(text, previousEnd, found.index, oneDigit) });
    previousEnd = found.index + digits.length;
    previousLength = digits.length;
  }
  return groups;
}

function jointBetween(text: string, from: number, to: number, oneDigit: boolean): DigitGroup['joint'] {
  if (from < 0 || to - from > WIDEST_BOX_EDGE) return '';
  const character = text[from];
  if (to - from === 1 && (character === '-' || character === ' ' || character === '.')) return character;
  // A number broken at its hyphen goes on in the next line.
  if (character === '-' && BROKEN_LINE.test(text.slice(from, to))) return '-';
  return oneDigit && BOX_EDGE.test(text.slice(from, to)) ? '|' : '';
}

/** The groups of a text, with their places by length: a detector looks only at those its numbers can begin with. */
export class DigitGroups {
  readonly all: readonly DigitGroup[];
  readonly #byLength = new Map<number, number[]>();
  readonly #joints = new Set<DigitGroup['joint']>();
  #longest = 0;

  constructor(text: string) {
    this.all = digitGroups(text);
    for (const [index, { digits, joint }] of this.all.entries()) {
      this.#joints.add(joint);
      this.#longest = Math.max(this.#longest, digits.length);
      const places = this.#byLength.get(digits.length);
      if (places === undefined) this.#byLength.set(digits.length, [index]);
      else places.push(index);
    }
  }

  get longest(): number {
    return this.#longest;
  }

  hasJoint(joint: DigitGroup['joint']): boolean {
    return this.#joints.has(joint);
  }

  hasLength(length: number): boolean {
    return this.#byLength.has(length);
  }

  /** Places in `all` of the groups with one of these lengths, in order. */
  placesOf(lengths: readonly number[]): readonly number[] {
    const lists = lengths.flatMap((length) => this.#byLength.get(length) ?? []);
    return lengths.length < 2 ? lists : lists.toSorted((a, b) => a - b);
  }
}

/** The numbers in `groups` that have one of `forms`, e.g. `[[12], [4, 4, 4]]`. `allowPrefix` is a letter that may touch it. */
export function* candidates(
  text: string,
  groups: DigitGroups,
  forms: readonly (readonly number[])[],
  allowPrefix = '',
): Generator<NumberCandidate> {
  let next = 0;
  for (const index of groups.placesOf([...new Set(forms.map(([first = 0]) => first))])) {
    if (index < next) continue;
    const length = groups.all[index]?.digits.length;
    for (const form of forms) {
      if (form[0] !== length) continue;
      const candidate = candidateAt(text, groups.all, index, form, allowPrefix);
      if (candidate === undefined) continue;
      yield candidate;
      next = index + form.length;
      break;
    }
  }
}

function candidateAt(
  text: string,
  groups: readonly DigitGroup[],
  first: number,
  form: readonly number[],
  allowPrefix: string,
): NumberCandidate | undefined {
  const joint = form.length > 1 ? groups[first + 1]?.joint : '';
  let digits = '';
  for (const [offset, length] of form.entries()) {
    const group = groups[first + offset];
    if (group === undefined || group.digits.length !== length) return undefined;
    if (offset > 0 && (group.joint === '' || group.joint !== joint)) return undefined;
    digits += group.digits;
  }
  if (digits.length > LONGEST_NUMBER) return undefined;
  const [head, tail] = [groups[first], groups[first + form.length - 1]];
  if (head === undefined || tail === undefined) return undefined;
  const end = tail.start + tail.digits.length;
  if (
    goesOn(head.joint, joint ?? '', groups[first - 1], form) ||
    goesOn(groups[first + form.length]?.joint ?? '', joint ?? '', groups[first + form.length], form)
  ) {
    return undefined;
  }
  if (touchesIdentifier(text, head.start, end, allowPrefix)) return undefined;
  return { start: head.start, end, digits, grouped: form.length > 1 };
}

/** Whether the neighbouring group belongs to the same, longer number. A space may also just part two columns. */
function goesOn(outer: string, inner: string, neighbour: DigitGroup | undefined, form: readonly number[]): boolean {
  if (outer === '' || neighbour === undefined) return false;
  if (outer !== ' ' && outer !== '|') return true;
  return inner === outer && neighbour.digits.length === form[form.length - 1];
}

function touchesIdentifier(text: string, start: number, end: number, allowPrefix: string): boolean {
  const before = text[start - 1] ?? '';
  const after = text[end] ?? '';
  if (IDENTIFIER_CHARACTER.test(after) || after === '=' || after === '%' || after === '円') return true;
  if (before === '-' && UUID_BEFORE_LAST_GROUP.test(text.slice(Math.max(0, start - 36), start))) return true;
  if (before === allowPrefix && before !== '') return IDENTIFIER_CHARACTER.test(text[start - 2] ?? '');
  if (before === '/' || before === '+') return TOKEN_NEIGHBOUR.test(text[start - 2] ?? '') && TOKEN_NEIGHBOUR.test(after);
  return IDENTIFIER_CHARACTER.test(before);
}
