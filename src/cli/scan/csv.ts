/** A spreadsheet takes a cell that begins so for a formula (CWE-1236), Japanese ones the full-width forms too. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u;

/** The value as a cell: quoted by RFC 4180, and with an apostrophe before it where it would be computed. */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One record with its line end. */
export const csvRecord = (values: readonly (string | number)[]): string => `${values.map(csvCell).join(',')}\r\n`;

/** Excel takes a CSV without it for the local code page, in Japan Shift_JIS. */
export const BYTE_ORDER_MARK = '\u{feff}';
