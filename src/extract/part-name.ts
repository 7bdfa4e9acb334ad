/** `outer.zip/inner.xlsx`: members are told apart by their whole way in. */
export function partName(outer: string | undefined, name: string): string {
  return (outer === undefined ? name : `${outer}/${name}`).slice(0, 1024);
}
