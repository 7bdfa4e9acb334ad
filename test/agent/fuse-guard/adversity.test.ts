import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopVolumeMissing, makeLoopVolume } from '../../integration/loop-volume.ts';
import { until } from '../guard/harness.ts';
import { makeView, programMissing, run, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/adversity.test.ts skips: ${missing}`);

const noFat = loopVolumeMissing('vfat');
if (noFat !== null) console.log(`fuse-guard/adversity.test.ts skips FAT: ${noFat}`);

const MIB = 1024 * 1024;
const CANARY = 'the-only-trace-of-the-plaintext';
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];

let harness: ViewHarness;
let host: string;
const at = (name: string): string => join(harness.view, name);

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'sekisho-view-source-'));
});
afterEach(async () => {
  await harness.close();
  rmSync(host, { recursive: true, force: true });
});

describe.skipIf(missing !== null)('a view', () => {
  it.each([0, 2 * MIB])('stores nothing that is written while it judges, behind %i bytes', async (before) => {
    harness = await makeView();
    // One thread writes and takes back without a pause; the other closes duplicates, each of which is judged.
    const script = `import os,threading
fd=os.open("${at('a.txt')}",os.O_WRONLY|os.O_CREAT); os.write(fd,b"h"*${before})
secret=b"@block ${CANARY} "*40; plain=b"p"*len(secret); stop=False
def closes():
  global stop
  for n in range(30):
    try: os.close(os.dup(fd))
    except OSError: pass
  stop=True
closing=threading.Thread(target=closes); closing.start()
while not stop: os.pwrite(fd,secret,${before}); os.pwrite(fd,plain,${before})
closing.join(); os.pwrite(fd,plain,${before}); os.close(fd)`;
    await run('python3', ['-c', script]);
    expect(harness.seen.length).toBeGreaterThan(1);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('says that the host has no room, and goes on', async () => {
    const small = makeLoopVolume(16 * MIB);
    try {
      harness = await makeView({ stateFolder: small.path });
      await writeFile(at('kept.txt'), 'old');
      // It can be staged, and not copied to be judged.
      await expect(writeFile(at('kept.txt'), Buffer.alloc(9 * MIB, 'y'))).rejects.toThrow('ENOSPC');
      expect(await readFile(at('kept.txt'), 'utf8')).toBe('old');
      await expect(writeFile(at('large'), Buffer.alloc(32 * MIB, 'x'))).rejects.toThrow('ENOSPC');
      // What was staged is freed after its program was answered.
      await until(() => statfsSync(small.path).bavail * statfsSync(small.path).bsize > 8 * MIB);
      await writeFile(at('small.txt'), '@encrypt new');
      expect(await readFile(at('small.txt'), 'utf8')).toBe('@encrypt new');
      await harness.guard.stop();
    } finally {
      small.close();
    }
  });

  it('tells programs when the medium is pulled while their file is judged', async () => {
    harness = await makeView();
    await writeFile(at('before.txt'), 'x');
    const [device = ''] = execFileSync('losetup', ['-n', '-O', 'NAME,BACK-FILE', '-l'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(dirname(harness.volume.path)))
      .map((line) => line.split(' ')[0] ?? '');
    expect(device).toMatch(/^\/dev\/loop/);
    harness.beforeEnforce = () => {
      execFileSync('truncate', ['-s', '0', join(dirname(harness.volume.path), 'image')]);
      execFileSync('losetup', ['-c', device]);
    };
    await expect(writeFile(at('a.txt'), 'y'.repeat(10_000))).rejects.toThrow(/EIO|EROFS/);
    harness.beforeEnforce = () => undefined;
    await expect(writeFile(at('b.txt'), 'z')).rejects.toThrow(/EIO|EROFS/);
    await harness.guard.stop();
  });

  it('serves ten thousand open handles', async () => {
    harness = await makeView();
    const script = `import os,resource
resource.setrlimit(resource.RLIMIT_NOFILE,(min(12000,resource.getrlimit(resource.RLIMIT_NOFILE)[1]),)*2)
first=[os.open("${at('f')}%d"%n,os.O_RDWR|os.O_CREAT) for n in range(50)]
for n,fd in enumerate(first): os.write(fd,b"%d"%n)
more=[os.open("${at('f')}%d"%(n%50),os.O_RDONLY) for n in range(9950)]
print(sum(os.pread(fd,9,0)==b"%d"%(n%50) for n,fd in enumerate(more)))
for fd in first+more: os.close(fd)`;
    expect(await runs('python3', ['-c', script])).toBe('9950\n');
    expect(await readFile(at('f7'), 'utf8')).toBe('7');
  });

  it('lists a folder of a hundred thousand names', async () => {
    harness = await makeView({ bytes: 128 * MIB });
    await harness.guard.stop();
    const script = `import os
os.mkdir("${harness.volume.path}/many"); os.chdir("${harness.volume.path}/many")
for n in range(100000):
  if n%50000==0: open("n%d"%n,"w").close(); first="n%d"%n
  else: os.link(first,"n%d"%n)`;
    execFileSync('python3', ['-c', script]);
    await harness.restart();
    const names = await readdir(at('many'));
    expect([names.length, new Set(names).size]).toEqual([100_000, 100_000]);
  });

  it('lets an ordinary user work, within modes and owners', async () => {
    harness = await makeView();
    execFileSync('chmod', ['1777', harness.view]);
    execFileSync('chmod', ['755', dirname(harness.view)]);
    await writeFile(at('roots.txt'), 'x', { mode: 0o644 });
    const as = (script: string) => run('setpriv', [...NOBODY, 'sh', '-c', script]);
    expect(
      (await as(`cd ${harness.view} && umask 022 && echo "@encrypt a" > own.txt && mkdir d && mv own.txt d/ && cat d/own.txt`)).wrote,
    ).toBe('@encrypt a\n');
    expect((await as(`echo y > ${at('roots.txt')}`)).code).not.toBe(0);
    expect((await as(`rm -f ${at('roots.txt')}`)).code).not.toBe(0);
    expect((await as(`cp /dev/null ${at('block.txt')} && echo "@block" > ${at('block.txt')}; ls ${harness.view}`)).wrote).not.toContain(
      '@',
    );
    expect(await runs('stat', ['-c', '%u:%g %a', at('d/own.txt')])).toBe('65534:65534 644\n');
    await harness.guard.stop();
    expect(await runs('stat', ['-c', '%u:%g %a', join(harness.volume.path, 'd/own.txt.age')])).toBe('65534:65534 644\n');
  });

  it('lets a killed cp of a large file go at once', async () => {
    harness = await makeView();
    const judged = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    harness.beforeEnforce = () => {
      arrived.resolve();
      return judged.promise;
    };
    writeFileSync(join(host, 'large'), Buffer.alloc(8 * MIB, 'x'));
    const child = execFile('cp', [join(host, 'large'), at('large')]);
    const gone = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
    await arrived.promise;
    child.kill('SIGKILL');
    expect(await gone).toBe('SIGKILL');
    judged.resolve();
  });

  it.skipIf(noFat !== null)('stands before a FAT medium', async () => {
    harness = await makeView({ filesystem: 'vfat' });
    await mkdir(at('d'));
    await writeFile(at('d/plain.txt'), 'plain');
    await writeFile(at('d/secret.txt'), `@encrypt ${CANARY}`);
    await writeFile(at('d/plain.txt'), Buffer.alloc(3 * MIB, 'plain again '));
    await expect(writeFile(at('d/blocked.txt'), `@block ${CANARY}`)).rejects.toThrow('EPERM');
    await runs('mv', [at('d/secret.txt'), at('moved.txt')]);
    expect(await readFile(at('moved.txt'), 'utf8')).toBe(`@encrypt ${CANARY}`);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
    expect((await readdir(harness.view)).toSorted()).toEqual(['d', 'moved.txt.age']);
    expect(harness.stored('d/plain.txt').length).toBe(3 * MIB);
  });

  it.skipIf(programMissing('gio'))('takes files from gio', async () => {
    harness = await makeView();
    writeFileSync(join(host, 'a.txt'), '@encrypt a');
    writeFileSync(join(host, 'b.txt'), `@block ${CANARY}`);
    await runs('gio', ['copy', join(host, 'a.txt'), at('a.txt')]);
    expect((await run('gio', ['copy', join(host, 'b.txt'), at('b.txt')])).code).not.toBe(0);
    expect(await readFile(at('a.txt'), 'utf8')).toBe('@encrypt a');
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it.skipIf(programMissing('soffice'))('takes documents from LibreOffice', async () => {
    harness = await makeView();
    writeFileSync(join(host, 'letter.txt'), 'a letter\n');
    const home = `-env:UserInstallation=file://${host}/profile`;
    await run('soffice', [home, '--headless', '--convert-to', 'odt', '--outdir', harness.view, join(host, 'letter.txt')]);
    expect((await readFile(at('letter.odt'))).subarray(0, 2).toString()).toBe('PK');
  });

  it('keeps what was synced together from several programs', async () => {
    harness = await makeView();
    await mkdir(at('d'));
    const script = `import os,threading
def write(n):
  with open("${at('d/f')}%d"%n,"w") as f: f.write(("@encrypt %d" if n%2 else "plain %d")%n)
writers=[threading.Thread(target=write,args=(n,)) for n in range(40)]
for w in writers: w.start()
for w in writers: w.join()
with open("${at('d/f0')}","r+") as f: f.write("PLAIN")`;
    await runs('python3', ['-c', script]);
    const names = Array.from({ length: 40 }, (_, n) => `f${n}`);
    await harness.restart();
    expect((await readdir(at('d'))).toSorted()).toEqual(names.toSorted());
    expect(readFileSync(at('d/f0'), 'utf8')).toBe('PLAIN 0');
    expect(await readFile(at('d/f39'), 'utf8')).toBe('@encrypt 39');
  });
});
