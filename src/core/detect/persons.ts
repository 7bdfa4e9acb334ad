import type { PersonCount } from '../../contracts/finding.ts';
import { isMyNumber } from './check-digits.ts';
import type { ColumnRole } from './columns.ts';
import { HashIndex } from './hash-index.ts';
import { isCompanyName, isLikelyName, isNoName } from './name-lexicon.ts';
import type { Settled } from './tally.ts';
import { hashOf } from './value-hash.ts';

/** Keys kept before counting goes on without telling people apart. Bounds memory at some 80 MB. */
const MOST_KEYS = 2_000_000;
const NAMES = 'jp.person-name';
const NAMES_BY_SCRIPT = (['han', 'kana', 'latin'] as const).map((script) => `${NAMES}${script}`);
const EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/;

/**
 * Distinct people of one file. A row under headings is a person when it holds a name or another identifier; two rows
 * that share a My Number, an e-mail address, or a name with a phone, address, birth date or staff number are one person.
 */
export class PersonCounter {
  /** Disjoint sets over identifiers: each key's parent. */
  readonly #parents: number[] = [];
  readonly #keys = new HashIndex();
  /** Rows that hold a bare name: the same person as another row with that name, or not. */
  readonly #bareNames = new HashIndex();
  readonly #namesWithMore = new HashIndex();
  #sets = 0;
  #uncounted = 0;
  /** The roles of the last row, and its columns that say something of a person. */
  #roles: readonly (ColumnRole | undefined)[] = [];
  #columns: readonly number[] = [];

  addRow(cells: readonly string[], roles: readonly (ColumnRole | undefined)[]): void {
    if (roles !== this.#roles) {
      this.#roles = roles;
      this.#columns = [...roles.keys()].filter((index) => tellsOfPerson(roles[index]));
    }
    const row = readRow(cells, roles, this.#columns);
    const name = row.name === '' ? undefined : hashOf(row.name);
    const keys = identifiers(row, name);
    if (keys.length === 0) {
      if (name !== undefined) this.#bareNames.add(name);
      return;
    }
    if (name !== undefined) this.#namesWithMore.add(name);
    if (this.#keys.size + keys.length > MOST_KEYS) {
      this.#uncounted++;
      return;
    }
    let first = -1;
    for (const key of keys) {
      const node = this.#node(key);
      if (first >= 0) this.#join(first, node);
      else first = node;
    }
  }

  /** `settled` brings what was found outside headed tables; each of its values that a row had already is one person still. */
  count(settled: readonly Settled[]): PersonCount {
    let bareNew = 0;
    for (const name of this.#bareNames) if (!this.#namesWithMore.has(name)) bareNew++;
    const text = this.#countText(settled);
    const from = this.#sets + bareNew;
    return { from: from + text.from, to: from + (this.#bareNames.size - bareNew) + this.#uncounted + text.to };
  }

  #countText(settled: readonly Settled[]): PersonCount {
    const distinct = new Map<string, HashIndex>();
    const documents = new Set<string>();
    for (const { detector, confidence, headed, shared, script = '', values } of settled) {
      if (headed || shared || confidence === 'low' || detector.identifies === undefined) continue;
      const kind = `${detector.id}${script}`;
      if (detector.identifies === 'document') documents.add(kind);
      const all = distinct.get(kind) ?? new HashIndex();
      for (const value of values) if (!this.#isCounted(detector.id, value)) all.add(value);
      distinct.set(kind, all);
    }
    const [han = 0, kana = 0, latin = 0] = NAMES_BY_SCRIPT.map((kind) => distinct.get(kind)?.size ?? 0);
    for (const kind of NAMES_BY_SCRIPT) distinct.delete(kind);
    const to = Math.max(Math.max(han, kana) + latin, ...[...distinct.values()].map(({ size }) => size));
    // A person has one document number of a kind and one name, which may stand beside its reading: each other one is another's.
    // All addresses and telephones may be the same one's.
    const from = Math.max(han, kana, latin, ...[...documents].map((kind) => distinct.get(kind)?.size ?? 0));
    return { from: Math.max(from, Math.min(1, to)), to };
  }

  #isCounted(detector: string, value: number): boolean {
    if (detector === NAMES) return this.#bareNames.has(value) || this.#namesWithMore.has(value);
    return this.#keys.has(hashOf(detector, value));
  }

  #node(key: number): number {
    const node = this.#keys.add(key);
    if (node === this.#parents.length) {
      this.#parents.push(node);
      this.#sets++;
    }
    return node;
  }

  #join(a: number, b: number): void {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    if (rootA === rootB) return;
    this.#parents[rootB] = rootA;
    this.#sets--;
  }

  #root(node: number): number {
    let at = node;
    for (let parent = this.#parents[at]; parent !== undefined && parent !== at; parent = this.#parents[at]) {
      this.#parents[at] = this.#parents[parent] ?? parent;
      at = parent;
    }
    return at;
  }
}

interface PersonRow {
  name: string;
  myNumber: string;
  email: string;
  phone: string;
  address: string;
  birthDate: string;
  employeeNumber: string;
  document: string;
  isCompany: boolean;
}

function tellsOfPerson(role: ColumnRole | undefined): boolean {
  return role !== undefined && role !== 'other-number';
}

function readRow(cells: readonly string[], roles: readonly (ColumnRole | undefined)[], columns: readonly number[]): PersonRow {
  const row: PersonRow = {
    name: '',
    myNumber: '',
    email: '',
    phone: '',
    address: '',
    birthDate: '',
    employeeNumber: '',
    document: '',
    isCompany: false,
  };
  for (const index of columns) {
    const role = roles[index];
    const cell = (cells[index] ?? '').trim();
    if (role !== undefined && cell !== '' && cell.length <= 500) fill(row, role, cell);
  }
  if (row.name === '') return row;
  if (isNoName(row.name)) row.name = '';
  if (isCompanyName(row.name)) {
    row.name = '';
    row.isCompany = true;
  }
  return row;
}

function fill(row: PersonRow, role: ColumnRole, cell: string): void {
  if (role === 'name' || (role === 'possible-name' && isLikelyName(cell)))
    row.name ||= cell.replace(/\s/g, '').replace(/(?:様|殿|さん)$/, '');
  else if (role === 'family-name' || role === 'given-name') row.name += cell.replace(/\s/g, '');
  else if (role === 'my-number') row.myNumber = myNumberOf(cell) ?? row.myNumber;
  else if (role === 'email') row.email = emailOf(cell) ?? row.email;
  else if (role === 'phone') row.phone ||= phoneOf(cell);
  else if (role === 'address') row.address ||= cell.replace(/\s/g, '');
  else if (role === 'prefecture' || role === 'municipality' || role === 'town') row.address += cell.replace(/\s/g, '');
  else if (role === 'birth-date') row.birthDate = digitsOf(cell);
  else if (role === 'employee-number') row.employeeNumber = cell;
  else if (role === 'corporate-number' || role === 'company-name') row.isCompany = true;
  else if (DOCUMENT_ROLES.has(role)) row.document ||= `${role} ${cell.replace(/[\s-]/g, '').toUpperCase()}`;
}

function emailOf(cell: string): string | undefined {
  const address = cell.toLowerCase();
  return EMAIL.test(address) ? address : undefined;
}

function digitsOf(cell: string): string {
  return cell.replace(/\D+/g, '');
}

function myNumberOf(cell: string): string | undefined {
  const digits = digitsOf(cell).padStart(12, '0');
  return isMyNumber(digits) ? digits : undefined;
}

function phoneOf(cell: string): string {
  const digits = digitsOf(cell);
  if (digits.length < 9) return '';
  return digits.startsWith('0') ? digits : `0${digits}`;
}

const DOCUMENT_ROLES: ReadonlySet<ColumnRole> = new Set([
  'drivers-license',
  'passport',
  'residence-card',
  'pension-number',
  'us-ssn',
] as const);

/** The keys by which a row is known again; `name` is the hash of its name. A company's telephone is no person. */
function identifiers(row: PersonRow, name: number | undefined): number[] {
  const keys: number[] = [];
  if (row.myNumber !== '') keys.push(textKey('jp.my-number', row.myNumber));
  if (row.email !== '') keys.push(textKey('email', row.email));
  if (row.document !== '') keys.push(hashOf(row.document));
  if (name !== undefined) {
    if (row.phone !== '') keys.push(hashOf(row.phone, name));
    if (row.address !== '') keys.push(hashOf(row.address, name));
    if (row.birthDate !== '') keys.push(hashOf(row.birthDate, name));
    if (row.employeeNumber !== '') keys.push(hashOf(row.employeeNumber, name));
  }
  if (keys.length === 0 && name === undefined && !row.isCompany) {
    if (row.phone !== '') keys.push(textKey('jp.phone', row.phone));
    else if (row.employeeNumber !== '') keys.push(textKey('employee', row.employeeNumber));
  }
  return keys;
}

/** As `tally.ts` keeps the values that a detector found. */
function textKey(detector: string, value: string): number {
  return hashOf(detector, hashOf(value));
}
