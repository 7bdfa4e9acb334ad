/** 2.5.217: thirty bits of an integer or of a double, perhaps times a hundred. */
export function rkNumber(rk: number): number {
  let value = rk >> 2;
  if ((rk & 2) === 0) {
    const double = Buffer.alloc(8);
    double.writeInt32LE(rk & ~3, 4);
    value = double.readDoubleLE(0);
  }
  return (rk & 1) === 0 ? value : value / 100;
}

export function numberText(value: number): string {
  return Number.isSafeInteger(value) ? value.toFixed(0) : String(value);
}
