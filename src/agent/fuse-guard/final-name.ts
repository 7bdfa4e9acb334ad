const SLASH = 0x2f;
/** rsync writes `list.csv` as `.list.csv.a1B2c3` first. */
const RSYNC_TEMPORARY = /^\.(.+)\.[A-Za-z0-9]{6}$/s;

/** The path a file will have once the program that writes it has given it its name, where the temporary one tells. */
export function finalName(path: Buffer): Buffer {
  const from = path.lastIndexOf(SLASH) + 1;
  const [, name] = RSYNC_TEMPORARY.exec(path.subarray(from).toString('latin1')) ?? [];
  return name === undefined ? path : Buffer.concat([path.subarray(0, from), Buffer.from(name, 'latin1')]);
}
