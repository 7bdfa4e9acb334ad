/** A spreadsheet's number as stored, written out in full where the file has an exponent. */
export function storedNumber(value: string): string {
  if (!/e/i.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number.toFixed(0) : value;
}
