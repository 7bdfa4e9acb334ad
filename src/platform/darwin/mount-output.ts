/** One line of mount(8) on macOS. */
export interface DarwinMount {
  readonly source: string;
  readonly mountPoint: string;
  readonly filesystem: string;
  readonly readOnly: boolean;
}

/** `/dev/disk4s1 on /Volumes/STICK (msdos, local, nodev, nosuid, noowners)`; the last bracket is the kernel's, names may hold others. */
const LINE = /^(.+?) on (\/.*) \(([^()]+)\)$/;

/** A mount point with a newline in its name spans lines: it matches none of them, and is found by `diskutil` alone. */
export function parseMountOutput(text: string): DarwinMount[] {
  return text
    .split('\n')
    .map((line) => LINE.exec(line))
    .filter((match) => match !== null)
    .map(([, source = '', mountPoint = '', list = '']) => {
      const [filesystem = '', ...options] = list.split(', ');
      return { source, mountPoint, filesystem, readOnly: options.includes('read-only') };
    });
}
