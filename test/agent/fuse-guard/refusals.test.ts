import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../guard/harness.ts';
import { key, makeView, run, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/refusals.test.ts skips: ${missing}`);
const MIB = 1024 * 1024;
const CANARY = 'the-only-trace-of-the-plaintext';

let harness: ViewHarness;
afterEach(() => harness.close());
const at = (name: string): string => join(harness.view, name);
const outcomes = () => harness.seen.map(({ action, outcome }) => [action, outcome.done]);

describe.skipIf(missing !== null)('a refused file', () => {
  it('is in quarantine, whether or not its program looks at what close returns', async () => {
    harness = await makeView();
    await expect(writeFile(at('told.txt'), `@block ${CANARY}`)).rejects.toThrow('EPERM');
    expect((await run('bash', ['-c', `echo "@justify ${CANARY} silent" > ${at('silent.txt')}`])).code).toBe(0);
    expect(await readdir(harness.view)).toEqual(['lost+found']);
    const items = await harness.quarantine.list();
    expect(items.map(({ shownPath }) => shownPath).toSorted()).toEqual(['silent.txt', 'told.txt']);
    expect(outcomes()).toEqual([
      ['block', true],
      ['justify', true],
    ]);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('leaves the bytes that were there before', async () => {
    harness = await makeView();
    await writeFile(at('a.txt'), 'old');
    await expect(writeFile(at('a.txt'), '@block new')).rejects.toThrow('EPERM');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('old');
    await writeFile(at('a.txt'), 'newer');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('newer');
  });

  it('is taken in once, however often a program tries', async () => {
    harness = await makeView();
    for (let n = 0; n < 3; n += 1) await expect(writeFile(at('a.txt'), '@block this')).rejects.toThrow('EPERM');
    expect(await harness.quarantine.list()).toHaveLength(1);
  });

  it('takes back what was allowed while it was being written', async () => {
    harness = await makeView();
    const script = `exec 3> ${at('a.txt')}; echo "${CANARY}" | cat >&3; sync; echo "@block" >&3; exec 3>&-`;
    await run('bash', ['-c', script]);
    expect(harness.seen.map(({ action }) => action)).toEqual(['allow', 'block']);
    expect(existsSync(at('a.txt'))).toBe(false);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('given a reason, is put back under its name', async () => {
    harness = await makeView();
    await expect(writeFile(at('a.txt'), '@justify this')).rejects.toThrow('EPERM');
    const [item] = await harness.quarantine.list();
    expect(await harness.guard.release(item?.id ?? '')).toEqual({ ok: true, value: 'a.txt' });
    expect(await readFile(at('a.txt'), 'utf8')).toBe('@justify this');
  });
});

describe.skipIf(missing !== null)('a view', () => {
  it('judges the bytes it commits: a second descriptor cannot slip others in', async () => {
    harness = await makeView();
    const slipping = await open(at('a.txt'), 'w');
    let slipped = false;
    harness.beforeEnforce = async () => {
      if (!slipped) await slipping.write(`@block ${CANARY}`, 0);
      slipped = true;
    };
    await run('cp', ['/etc/hostname', at('a.txt')]);
    await slipping.close().catch(() => undefined);
    // Two who write: a copy is judged, and what came after it by itself.
    expect(outcomes()).toEqual([
      ['allow', true],
      ['block', true],
    ]);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('judges again what was written through a duplicate meanwhile', async () => {
    harness = await makeView();
    const go = join(harness.state, 'go');
    const done = join(harness.state, 'done');
    let slipped = false;
    harness.beforeEnforce = async () => {
      if (slipped) return;
      slipped = true;
      await writeFile(go, '');
      await until(() => existsSync(done));
    };
    // One thread closes a duplicate; what the other writes meanwhile was not inspected.
    const script = `import os,threading,time
fd=os.open("${at('a.txt')}",os.O_WRONLY|os.O_CREAT); os.write(fd,b"harmless"); other=os.dup(fd)
closing=threading.Thread(target=lambda: os.close(other)); closing.start()
while not os.path.exists("${go}"): time.sleep(0.02)
os.write(fd,b"@block ${CANARY}"); open("${done}","w").close()`;
    await run('python3', ['-c', script]);
    await until(() => harness.seen.length >= 2);
    // The first is what was closed, from a copy that no duplicate reaches.
    expect(outcomes().slice(0, 2)).toEqual([
      ['allow', true],
      ['block', true],
    ]);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('a map that writes after close is judged too', async () => {
    harness = await makeView();
    const script = `import mmap,os
fd=os.open("${at('a.txt')}",os.O_RDWR|os.O_CREAT); os.ftruncate(fd,4096); m=mmap.mmap(fd,4096); m[0:2]=b"ok"; os.close(fd)
x=b"@block ${CANARY}"; m[0:len(x)]=x; m.close()`;
    expect((await run('python3', ['-c', script])).said).toBe('');
    await until(() => harness.seen.length === 2);
    expect(harness.seen.map(({ action }) => action)).toEqual(['allow', 'block']);
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it('says that the medium is full, and keeps what was there', async () => {
    harness = await makeView({ bytes: 8 * MIB });
    await writeFile(at('small.txt'), 'old');
    await expect(writeFile(at('large'), Buffer.alloc(7.5 * MIB, 'x'))).rejects.toThrow('ENOSPC');
    await expect(writeFile(at('small.txt'), Buffer.alloc(7.5 * MIB, '@encrypt '))).rejects.toThrow('ENOSPC');
    expect(await readFile(at('small.txt'), 'utf8')).toBe('old');
    expect((await readdir(harness.view)).toSorted()).toEqual(['lost+found', 'small.txt']);
    // What may not stand there in the open went into quarantine.
    expect((await harness.quarantine.list()).map(({ shownPath }) => shownPath)).toEqual(['small.txt']);
  });

  it('lets a killed program go while its file is being judged', async () => {
    harness = await makeView();
    const judged = Promise.withResolvers<void>();
    harness.beforeEnforce = () => judged.promise;
    const child = execFile('sh', ['-c', `exec cp /etc/passwd ${at('a.txt')}`]);
    const gone = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
    await until(() => existsSync(`/proc/${child.pid}/wchan`) && existsSync(at('a.txt')));
    child.kill('SIGKILL');
    expect(await gone).toBe('SIGKILL');
    judged.resolve();
    await until(() => harness.seen.length === 1);
  });

  it('judges a file that is cut by its path', async () => {
    harness = await makeView();
    await writeFile(at('a.txt'), `abc @encrypt ${CANARY}`);
    await truncate(at('a.txt'), 3);
    expect(await readFile(at('a.txt'), 'utf8')).toBe('abc');
    await truncate(at('a.txt'), 5);
    expect((await readFile(at('a.txt'))).equals(Buffer.from('abc\0\0'))).toBe(true);
    expect((await stat(at('a.txt'))).size).toBe(5);
    expect(harness.seen.map(({ action }) => action)).toEqual(['encrypt', 'allow', 'allow']);
    await harness.guard.stop();
    expect(harness.stored('a.txt').toString()).toBe('abc\0\0');
  });

  it('refuses what would be a way round it', async () => {
    harness = await makeView();
    await writeFile(at('a.txt'), 'x');
    await mkdir(at('d'));
    expect((await run('ln', [at('a.txt'), at('hard')])).said).toContain('Operation not permitted');
    expect((await run('mkfifo', [at('fifo')])).said).toContain('Operation not permitted');
    const ours = at('.~sekisho-00000000000000000000000000000000.tmp');
    await expect(writeFile(ours, 'x')).rejects.toThrow('EPERM');
    await expect(rename(at('a.txt'), ours)).rejects.toThrow('EPERM');
    expect((await run('setfattr', ['-n', 'user.x', '-v', 'y', at('a.txt')])).code).not.toBe(0);
    await runs('chmod', ['4755', at('a.txt')]);
    expect((await runs('stat', ['-c', '%a', at('a.txt')])).trim()).toBe('755');
  });

  it('stands far offsets and many handles', async () => {
    harness = await makeView();
    const script = `import os
fd=os.open("${at('wild')}",os.O_RDWR|os.O_CREAT)
for call in (lambda: os.pwrite(fd,b"x",1<<62), lambda: os.ftruncate(fd,1<<50)):
  try: call(); print("written")
  except OSError as e: print(e.errno)
print(os.pread(fd,10,1<<62)); os.close(fd)
fds=[os.open("${at('many')}%d"%i,os.O_WRONLY|os.O_CREAT) for i in range(400)]
for i,f in enumerate(fds): os.write(f,b"%d"%i)
for f in fds: os.close(f)
print(sum(open("${at('many')}%d"%i).read()==str(i) for i in range(400)))`;
    expect(await runs('python3', ['-c', `import resource; resource.setrlimit(resource.RLIMIT_NOFILE,(8192,8192))\n${script}`])).toBe(
      "27\n27\nb''\n400\n",
    );
  });

  it('is read-only where the medium is', async () => {
    harness = await makeView();
    await writeFile(at('a.txt'), '@encrypt x');
    await harness.restart({ readOnly: true });
    expect(await readFile(at('a.txt'), 'utf8')).toBe('@encrypt x');
    const changes = [() => writeFile(at('b.txt'), ''), () => writeFile(at('a.txt'), 'y'), () => unlink(at('a.txt')), () => mkdir(at('d'))];
    for (const change of changes) await expect(change()).rejects.toThrow('EROFS');
  });

  it('cannot be begun on a medium that a program holds open', async () => {
    harness = await makeView();
    await harness.guard.stop();
    const held = openSync(join(harness.volume.path, 'held'), 'w');
    await expect(harness.restart()).rejects.toThrow('still has files of the medium open');
    closeSync(held);
    await harness.restart();
    expect(key.identity).toBeTruthy();
  });
});
