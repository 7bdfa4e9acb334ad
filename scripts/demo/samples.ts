/** A real file and what the practice policy makes of it. */
export interface Sample {
  /** Below test/fixtures. */
  readonly fixture: string;
  /** Name on the stick, when not the fixture's own. */
  readonly name?: string;
  readonly expect: 'encrypt' | 'block' | 'pass';
  readonly why: string;
}

export const SAMPLES: readonly Sample[] = [
  { fixture: 'meibo.xlsx', expect: 'encrypt', why: 'Excel, 20 persons with My Numbers' },
  { fixture: 'meibo.docx', expect: 'encrypt', why: 'Word table, 20 persons' },
  { fixture: 'meibo.pdf', expect: 'encrypt', why: 'PDF, 20 persons' },
  { fixture: 'meibo-shift-jis.csv', name: '名簿.csv', expect: 'encrypt', why: 'csv in Shift_JIS' },
  { fixture: 'nested-shift-jis.zip', expect: 'encrypt', why: 'a zip in a zip, names in Shift_JIS' },
  { fixture: 'password.zip', expect: 'encrypt', why: 'cannot be looked into' },
  { fixture: 'deploy.py', expect: 'block', why: 'holds secret keys' },
  { fixture: 'report.docx', expect: 'pass', why: 'nothing in it' },
  { fixture: 'corporate-numbers.csv', expect: 'pass', why: 'corporate numbers are public' },
];
