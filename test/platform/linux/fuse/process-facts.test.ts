import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../../src/platform/linux/mountinfo.ts';
import { factsOfProcess, localReads, openAgain } from '../../../../src/platform/linux/fuse/process-facts.ts';

describe.skipIf(process.platform !== 'linux')('what can be seen of a process', () => {
  let folder: string;
  let child: ChildProcess | null;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-facts-')));
    child = null;
  });
  afterEach(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** A shell that opens files by the redirections given, then waits. */
  async function shell(redirections: string): Promise<number> {
    const started = spawn('sh', ['-c', `exec ${redirections}; echo open; read _`], { stdio: ['pipe', 'pipe', 'inherit'], cwd: folder });
    child = started;
    await once(started.stdout, 'data');
    return started.pid ?? 0;
  }

  it('names its program and what it reads, newest first, with the mount it lies on', async () => {
    for (const name of ['first', 'second', 'target']) writeFileSync(join(folder, name), name);
    const facts = factsOfProcess(await shell('3<first 4<second 5>target 6</dev/zero'));
    expect(facts.program?.toString()).toBe(realpathSync('/bin/sh'));
    expect(facts.reads.map(({ path }) => path.toString())).toEqual([join(folder, 'second'), join(folder, 'first')]);
    const mounts = new Map(parseMountinfo(readFileSync('/proc/self/mountinfo')).map((mount) => [mount.id, mount]));
    for (const { path, mountId } of facts.reads)
      expect(path.toString().startsWith(mounts.get(mountId)?.mountPoint ?? 'no such mount')).toBe(true);
  });

  it('keeps the bytes of a name that is no UTF-8', async () => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a])]);
    writeFileSync(path, 'x');
    const descriptor = openSync(path, 'r');
    const reader = spawn('sh', ['-c', 'echo open; read _'], { stdio: ['pipe', 'pipe', 'inherit', descriptor] });
    child = reader;
    closeSync(descriptor);
    if (reader.stdout === null) throw new TypeError('no output');
    await once(reader.stdout, 'data');
    expect(factsOfProcess(reader.pid ?? 0).reads.map((each) => each.path)).toEqual([path]);
  });

  it('reads no file that lies elsewhere than on a filesystem of this kernel', async () => {
    writeFileSync(join(folder, 'here'), 'x');
    const { reads } = factsOfProcess(await shell('3<here'));
    expect(await localReads(reads)).toEqual(reads);
    const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo'));
    const strange = mounts.filter(({ filesystem }) => ['proc', 'sysfs', 'devtmpfs', 'devpts', 'cgroup2'].includes(filesystem));
    expect(strange.length).toBeGreaterThan(0);
    const elsewhere = strange.map(({ id }) => ({ path: Buffer.from('/somewhere'), mountId: id }));
    expect(await localReads([...elsewhere, { path: Buffer.from('/gone'), mountId: 0 }])).toEqual([]);
  });

  it('opens a file again only where it was, and never what took its place', async () => {
    writeFileSync(join(folder, 'here'), 'as it was');
    const [read] = factsOfProcess(await shell('3<here')).reads;
    if (read === undefined) throw new TypeError('nothing is read');
    const again = await openAgain(read);
    expect(await again?.readFile('utf8')).toBe('as it was');
    await again?.close();
    expect(await openAgain({ ...read, mountId: -1 })).toBeNull();
    unlinkSync(join(folder, 'here'));
    execFileSync('mkfifo', [join(folder, 'here')]);
    expect(await openAgain(read)).toBeNull();
    unlinkSync(join(folder, 'here'));
    symlinkSync('/dev/zero', join(folder, 'here'));
    expect(await openAgain(read)).toBeNull();
  });

  it('does not name a file that is gone', async () => {
    writeFileSync(join(folder, 'gone'), 'x');
    const pid = await shell('3<gone');
    unlinkSync(join(folder, 'gone'));
    expect(factsOfProcess(pid).reads).toEqual([]);
  });

  it('knows nothing of a process that is gone, and of what the kernel runs itself', async () => {
    const ended = spawn('true');
    await once(ended, 'exit');
    expect(factsOfProcess(ended.pid ?? 0)).toEqual({ program: null, reads: [] });
    expect(factsOfProcess(0)).toEqual({ program: null, reads: [] });
  });
});
