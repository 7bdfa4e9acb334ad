import { describe, expect, it } from 'vitest';
import { parsePseudo } from '../../../src/cli/scan/filesystems.ts';

// proc_pid_mountinfo(5)'s fields; the first lines as Debian 12 has them.
const MOUNTS = `22 29 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
23 29 0:21 / /proc rw,nosuid shared:12 - proc proc rw
24 29 0:5 / /dev rw,nosuid shared:2 - devtmpfs udev rw,size=1
26 29 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw
29 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
40 29 259:1048580 / /mnt/a\\040b rw - xfs /dev/nvme0n1p4 rw
41 24 0:99 / /dev/shm rw - tmpfs tmpfs rw
42 29 8:1 - broken
`;

describe('parsePseudo', () => {
  it('knows pseudo filesystems by device number, and no others', () => {
    expect(parsePseudo(MOUNTS)).toEqual(
      new Map([
        [20n, 'sysfs'],
        [21n, 'proc'],
        [5n, 'devtmpfs'],
      ]),
    );
  });

  it('takes an ordinary filesystem at /dev, as containers have it, for one too', () => {
    expect(parsePseudo('24 29 0:77 / /dev rw - tmpfs tmpfs rw')).toEqual(new Map([[77n, 'tmpfs']]));
  });

  it('makes device numbers as makedev(3) does', () => {
    // makedev(0x12345, 0x6789a) as glibc (os.makedev of Python) gives it.
    expect([...parsePseudo('1 1 74565:424090 / /x rw - proc p rw').keys()]).toEqual([0x120006783459an]);
  });
});
