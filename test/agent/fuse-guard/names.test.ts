import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { decryptBytes, encryptBytes, generateIdentity } from '../../../src/age/index.ts';
import { key, makeView, run, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/names.test.ts skips: ${missing}`);

let harness: ViewHarness;
afterEach(() => harness.close());
const at = (name: string): string => join(harness.view, name);
const listed = async () => (await readdir(harness.view)).filter((name) => name !== 'lost+found').toSorted();

function ageFile(text: string, recipient = key.recipient): Buffer {
  const sealed = encryptBytes(Buffer.from(text), [recipient]);
  if (!sealed.ok) throw new Error(sealed.error.message);
  return sealed.value;
}

/** Puts files on the medium while no guard stands before it. */
async function beforehand(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  harness = await makeView();
  await harness.guard.stop();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(harness.volume.path, name), content);
  await harness.restart();
}

describe.skipIf(missing !== null)('logical names', () => {
  it('show ours as what they are, and leave others as they are', async () => {
    const foreign = ageFile('for others', generateIdentity().recipient);
    await beforehand({
      'list.csv.age': ageFile('1,2,3'),
      'other.csv.age': foreign,
      'both.age': ageFile('sealed'),
      both: 'open',
      'no.age': 'no',
    });
    expect(await listed()).toEqual(['both', 'both.age', 'list.csv', 'no.age', 'other.csv.age']);
    expect(await readFile(at('list.csv'), 'utf8')).toBe('1,2,3');
    expect((await stat(at('list.csv'))).size).toBe(5);
    expect((await readFile(at('other.csv.age'))).equals(foreign)).toBe(true);
    expect(await readFile(at('both'), 'utf8')).toBe('open');
    const opened = decryptBytes(await readFile(at('list.csv.age')), [key.identity]);
    expect(opened.ok && opened.value.toString()).toBe('1,2,3');
  });

  it('follow a file through rename, replacement and removal', async () => {
    harness = await makeView();
    await writeFile(at('a'), '@encrypt one');
    await rename(at('a'), at('b'));
    expect(await listed()).toEqual(['b']);
    await writeFile(at('c'), 'plain');
    await rename(at('c'), at('b'));
    expect(await readFile(at('b'), 'utf8')).toBe('plain');
    await writeFile(at('d'), '@encrypt two');
    await rename(at('d'), at('b'));
    expect(await readFile(at('b'), 'utf8')).toBe('@encrypt two');
    await mkdir(at('folder'));
    await rename(at('b'), at('folder/b'));
    await rename(at('folder'), at('renamed'));
    expect(await readFile(at('renamed/b'), 'utf8')).toBe('@encrypt two');
    await expect(rmdir(at('renamed'))).rejects.toThrow('ENOTEMPTY');
    await unlink(at('renamed/b'));
    await rmdir(at('renamed'));
    await harness.guard.stop();
    expect((await readdir(harness.volume.path)).toSorted()).toEqual(['lost+found']);
  });

  it('change their form with what is in the file', async () => {
    harness = await makeView();
    await writeFile(at('a'), 'harmless');
    await writeFile(at('a'), '@encrypt this');
    await writeFile(at('b'), '@encrypt this');
    await writeFile(at('b'), 'harmless');
    expect([await readFile(at('a'), 'utf8'), await readFile(at('b'), 'utf8')]).toEqual(['@encrypt this', 'harmless']);
    await harness.guard.stop();
    expect((await readdir(harness.volume.path)).toSorted()).toEqual(['a.age', 'b', 'lost+found']);
  });

  it('never take the place of a foreign age file', async () => {
    const foreign = ageFile('for others', generateIdentity().recipient);
    await beforehand({ 'a.age': foreign });
    await writeFile(at('a'), '@encrypt mine');
    await writeFile(at('x'), '@encrypt x');
    expect(await listed()).toEqual(['a (2)', 'a.age', 'x']);
    await expect(rename(at('x'), at('a'))).rejects.toThrow('EEXIST');
    expect(await readFile(at('a (2)'), 'utf8')).toBe('@encrypt mine');
    await harness.guard.stop();
    expect(harness.stored('a.age').equals(foreign)).toBe(true);
  });

  it('without an identity: what this PC wrote has its name and is not opened, the rest is ciphertext', async () => {
    harness = await makeView({ identities: [] });
    await writeFile(at('mine.csv'), '@encrypt 1');
    await harness.guard.stop();
    writeFileSync(join(harness.volume.path, 'elsewhere.csv.age'), ageFile('2'));
    await harness.restart();
    expect(await listed()).toEqual(['elsewhere.csv.age', 'mine.csv']);
    await expect(readFile(at('mine.csv'))).rejects.toThrow('EACCES');
    await expect(open(at('mine.csv'), 'r+')).rejects.toThrow('EACCES');
    expect((await readFile(at('elsewhere.csv.age'))).subarray(0, 3).toString()).toBe('age');
    await writeFile(at('mine.csv'), '@encrypt replaced');
    await harness.restart({ identities: [key.identity] });
    expect(await readFile(at('mine.csv'), 'utf8')).toBe('@encrypt replaced');
  });

  it('reads ciphertext anywhere, and a damaged chunk spoils nothing but itself', async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const sealed = Buffer.from(ageFile(''));
    const whole = encryptBytes(content, [key.recipient]);
    if (!whole.ok) throw new Error(whole.error.message);
    const damaged = Buffer.from(whole.value);
    const head = damaged.length - 300_000 - 5 * 16;
    damaged[head + 65_552 + 100] = (damaged[head + 65_552 + 100] ?? 0) ^ 1;
    await beforehand({ 'whole.age': whole.value, 'damaged.age': damaged, 'empty.age': sealed });
    const file = await open(at('whole'));
    for (const [position, length] of [
      [0, 10],
      [65_530, 20],
      [131_072, 65_536],
      [299_990, 100],
      [400_000, 10],
    ] as const) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      expect(buffer.subarray(0, bytesRead).equals(content.subarray(position, position + length))).toBe(true);
    }
    await file.close();
    expect((await readFile(at('empty'))).length).toBe(0);
    const broken = await open(at('damaged'));
    const read = (position: number) => broken.read(Buffer.alloc(1000), 0, 1000, position);
    expect((await read(0)).bytesRead).toBe(1000);
    await expect(read(70_000)).rejects.toThrow('EIO');
    expect((await read(140_000)).buffer.equals(content.subarray(140_000, 141_000))).toBe(true);
    await broken.close();
    expect(harness.problems.filter((problem) => problem.startsWith('damaged: '))).toHaveLength(1);
  });

  it('are bytes: names that are no text, and long ones', async () => {
    harness = await makeView();
    const odd = Buffer.concat([Buffer.from(`${harness.view}/`), Buffer.from([0x66, 0xff, 0xfe])]);
    await writeFile(odd, '@encrypt x');
    expect(
      (await readdir(Buffer.from(harness.view), { encoding: 'buffer' })).some((name) => name.equals(Buffer.from([0x66, 0xff, 0xfe]))),
    ).toBe(true);
    expect(await readFile(odd, 'utf8')).toBe('@encrypt x');
    await writeFile(at('n'.repeat(255)), 'plain');
    await writeFile(at('日本語の名前.txt'), '@encrypt y');
    expect(await readFile(at('日本語の名前.txt'), 'utf8')).toBe('@encrypt y');
    await expect(writeFile(at('n'.repeat(256)), '')).rejects.toThrow('ENAMETOOLONG');
  });

  it('stand a hostile tree: deep folders, cyclic links, devices, set-id programs', async () => {
    harness = await makeView();
    await harness.guard.stop();
    const script = `import os
os.chdir("${harness.volume.path}")
os.symlink("loop2","loop1"); os.symlink("loop1","loop2"); os.symlink("/etc/passwd","out")
os.mknod("device",0o020666,os.makedev(1,3)); os.mkfifo("fifo")
open("suid","w").write("x"); os.chmod("suid",0o6755)
for n in range(1500): os.mkdir("d"); os.chdir("d")
open("bottom","w").write("deep")`;
    execFileSync('python3', ['-c', script]);
    await harness.restart();
    await expect(readFile(at('loop1'))).rejects.toThrow('ELOOP');
    await expect(readFile(at('device'))).rejects.toThrow('EACCES');
    expect(((await stat(at('suid'))).mode & 0o7777).toString(8)).toBe('755');
    const walk = `import os
os.chdir("${harness.view}")
for n in range(1500): os.chdir("d")
print(open("bottom").read()); open("below","w").write("@encrypt x"); print(sorted(os.listdir(".")))`;
    expect(await runs('python3', ['-c', walk])).toBe("deep\n['below', 'bottom']\n");
    expect((await run('rm', ['-rf', at('d')])).said).toBe('');
  });

  it('removes and links as a filesystem does', async () => {
    harness = await makeView();
    await writeFile(at('a'), 'x');
    await symlink('a', at('link'));
    expect(await readFile(at('link'), 'utf8')).toBe('x');
    await expect(link(at('a'), at('b'))).rejects.toThrow('EPERM');
    await expect(mkdir(at('a'))).rejects.toThrow('EEXIST');
    await expect(open(at('a'), 'wx')).rejects.toThrow('EEXIST');
    const held = await open(at('a'), 'r+');
    await unlink(at('a'));
    await held.write('y');
    await held.close();
    expect(await listed()).toEqual(['link']);
    await rm(at('link'));
    await writeFile(at('empty'), '');
    await harness.guard.stop();
    expect(harness.stored('empty').length).toBe(0);
  });
});
