import type { PersonCount } from '../../contracts/finding.ts';
import { isMyNumber } from './check-digits.ts';
import type { ColumnRole } from './columns.ts';
import { isCompanyName, isLikelyName, isNoName } from './name-lexicon.ts';
import type { Settled } from './tally.ts';

/** Keys kept before counting goes on without telling people apart. Bounds memory at some 100 MB. */
const MOST_KEYS = 500_000;
const EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/;

/**
 * Distinct people of one file. A row under headings is a person when it holds a name or another identifier; two rows
 * that share a My Number, an e-mail address, or a name with a phone, address, birth date or staff number are one person.
 */
export class PersonCounter {
  /** Disjoint sets over identifiers: each key's parent. */
  readonly #parents: number[] = [];
  readonly #keys = new Map<string, number>();
  /** Rows that hold a bare name: the same person as another row with that name, or not. */
  readonly #bareNames = new Set<string>();
  readonly #namesWithMore = new Set<string>();
  #sets = 0;
  #uncounted = 0;

  addRow(cells: readonly string[], roles: readonly (ColumnRole | undefined)[]): void {
    const row = readRow(cells, roles);
    const keys = identifiers(row);
    if (keys.length === 0) {
      if (row.name !== '') this.#bareNames.add(row.name);
      return;
    }
    if (row.name !== '') this.#namesWithMore.add(row.name);
    if (this.#keys.size + keys.length > MOST_KEYS) {
      this.#uncounted++;
      return;
    }
    const [first, ...others] = keys.map((key) => this.#node(key));
    for (const other of others) this.#join(first ?? 0, other);
  }

  /** `settled` brings what was found outside headed tables; each of its values that a row had already is one person still. */
  count(settled: readonly Settled[]): PersonCount {
    const bareNew = [...this.#bareNames].filter((name) => !this.#namesWithMore.has(name)).length;
    const text = this.#countText(settled);
    const from = this.#sets + bareNew;
    return { from: from + text.from, to: from + (this.#bareNames.size - bareNew) + this.#uncounted + text.to };
  }

  #countText(settled: readonly Settled[]): PersonCount {
    const distinct = new Map<string, Set<string>>();
    const documents = new Set<string>();
    for (const { detector, confidence, headed, shared, values } of settled) {
      if (headed || shared || confidence === 'low' || detector.identifies === undefined) continue;
      if (detector.identifies === 'document') documents.add(detector.id);
      const all = distinct.get(detector.id) ?? new Set();
      for (const value of values) if (!this.#keys.has(textKey(detector.id, value))) all.add(value);
      distinct.set(detector.id, all);
    }
    const sizes = [...distinct].map(([id, values]) => ({ strong: documents.has(id), size: values.size }));
    const to = Math.max(0, ...sizes.map(({ size }) => size));
    const strongest = Math.max(0, ...sizes.filter(({ strong }) => strong).map(({ size }) => size));
    // One person may have several addresses and telephones: without a document number all may be the same one's.
    return { from: strongest > 0 ? strongest : Math.min(1, to), to };
  }

  #node(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const node = this.#parents.length;
    this.#parents.push(node);
    this.#keys.set(key, node);
    this.#sets++;
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

function readRow(cells: readonly string[], roles: readonly (ColumnRole | undefined)[]): PersonRow {
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
  for (const [index, role] of roles.entries()) {
    const cell = (cells[index] ?? '').trim();
    if (cell === '' || role === undefined || cell.length > 500) continue;
    fill(row, role, cell);
  }
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
  else if (role === 'email' && EMAIL.test(cell.toLowerCase())) row.email = cell.toLowerCase();
  else if (role === 'phone') row.phone ||= phoneOf(cell);
  else if (role === 'address') row.address ||= cell.replace(/\s/g, '');
  else if (role === 'prefecture' || role === 'municipality' || role === 'town') row.address += cell.replace(/\s/g, '');
  else if (role === 'birth-date') row.birthDate = digitsOf(cell);
  else if (role === 'employee-number') row.employeeNumber = cell;
  else if (role === 'corporate-number' || role === 'company-name') row.isCompany = true;
  else if (DOCUMENT_ROLES.has(role)) row.document ||= `${role} ${cell.replace(/[\s-]/g, '').toUpperCase()}`;
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

/** The keys by which a row is known again. A company's telephone is no person. */
function identifiers(row: PersonRow): string[] {
  const keys: string[] = [];
  if (row.myNumber !== '') keys.push(textKey('jp.my-number', row.myNumber));
  if (row.email !== '') keys.push(textKey('email', row.email));
  if (row.document !== '') keys.push(`document ${row.document}`);
  for (const more of [row.phone, row.address, row.birthDate, row.employeeNumber]) {
    if (row.name !== '' && more !== '') keys.push(`name ${row.name} ${more}`);
  }
  if (keys.length === 0 && row.name === '' && !row.isCompany) {
    if (row.phone !== '') keys.push(textKey('jp.phone', row.phone));
    else if (row.employeeNumber !== '') keys.push(`employee ${row.employeeNumber}`);
  }
  return keys;
}

function textKey(detector: string, value: string): string {
  return `${detector} ${value}`;
}
